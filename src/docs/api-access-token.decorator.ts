import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiOAuth2 } from '@nestjs/swagger';

/** Says in the API description that a route wants an access token, pasted in or fetched with the "Authorize" button. */
export const ApiAccessToken = (): MethodDecorator & ClassDecorator =>
  applyDecorators(ApiBearerAuth('access'), ApiOAuth2([], 'password'));
