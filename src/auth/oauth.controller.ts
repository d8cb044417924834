import { Body, Controller, HttpCode, Post, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { FromClient, type Client } from '../access/client.decorator.js';
import { Public } from '../access/public.decorator.js';
import { Roles } from '../access/roles.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { OAuthEndpoint } from '../http/route-config.js';
import { TokenPair } from '../tokens/token-pair.js';
import { DeviceTokenInterceptor } from './budgets/device-token.interceptor.js';
import { TokenParameterDto } from './dto/token-parameter.dto.js';
import { TokenRequestDto } from './dto/token-request.dto.js';
import { Introspection } from './introspection.js';
import { IntrospectionService } from './introspection.service.js';
import { OAuthTokenService } from './oauth-token.service.js';
import { TokenRevocationService } from './token-revocation.service.js';

@ApiTags('OAuth 2.0')
@ApiConsumes('application/x-www-form-urlencoded')
@Controller()
export class OAuthController {
  constructor(
    private readonly tokens: OAuthTokenService,
    private readonly revocation: TokenRevocationService,
    private readonly introspection: IntrospectionService,
  ) {}

  /** The token endpoint of RFC 6749: the grants password and refresh_token. */
  @Public()
  @Throttle('login')
  @UseInterceptors(DeviceTokenInterceptor)
  @OAuthEndpoint()
  @ApiBody({ type: TokenRequestDto })
  @ApiOkResponse({ type: TokenPair })
  @ApiErrors(
    'invalid_grant',
    'invalid_scope',
    'unsupported_grant_type',
    'invalid_credentials',
    'account_disabled',
  )
  @HttpCode(200)
  @Post('token')
  token(@Body() request: TokenRequestDto, @FromClient() client: Client): Promise<TokenPair> {
    return this.tokens.grant(request, client);
  }

  /** The revocation endpoint of RFC 7009: whoever holds a token may revoke it. A refresh token takes its session along. */
  @Public()
  @Throttle('none')
  @OAuthEndpoint()
  @ApiBody({ type: TokenParameterDto })
  @ApiOkResponse({ description: 'The token does not hold, also where it never did' })
  @HttpCode(200)
  @Post('revoke')
  async revoke(@Body() { token }: TokenParameterDto): Promise<object> {
    await this.revocation.revoke(token);
    return {};
  }

  /** The introspection endpoint of RFC 7662, for services that ask whether a token holds. */
  @Roles('admin', 'introspect')
  @Throttle('caller')
  @OAuthEndpoint()
  @ApiAccessToken()
  @ApiBody({ type: TokenParameterDto })
  @ApiOkResponse({ type: Introspection })
  @HttpCode(200)
  @Post('introspect')
  introspect(@Body() { token, token_type_hint }: TokenParameterDto): Promise<Introspection> {
    return this.introspection.introspect(token, token_type_hint);
  }
}
