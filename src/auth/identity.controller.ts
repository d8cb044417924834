import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import type { Identity } from '../access/identity.js';

class UsernameAnswer {
  @ApiProperty()
  user!: string;
}

class LoggedInAnswer {
  @ApiProperty()
  logged_in_as!: string;
}

class MessageAnswer {
  @ApiProperty()
  message!: string;
}

/** Small protected routes, to try a token on. */
@ApiTags('account')
@ApiAccessToken()
@Controller()
export class IdentityController {
  /** The caller's username. */
  @ApiOkResponse({ type: UsernameAnswer })
  @Get('user')
  user(@CurrentUser() { username }: Identity): UsernameAnswer {
    return { user: username };
  }

  /** Who is logged in. */
  @ApiOkResponse({ type: LoggedInAnswer })
  @Get('protected')
  loggedIn(@CurrentUser() { username }: Identity): LoggedInAnswer {
    return { logged_in_as: username };
  }

  /** Whether the token is accepted. */
  @ApiOkResponse({ type: MessageAnswer })
  @Get('auth')
  authenticated(): MessageAnswer {
    return { message: 'JWT authentication successful.' };
  }
}
