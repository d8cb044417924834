import { Controller, Delete, HttpCode, Post, Req, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiCookieAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FromClient, type Client } from '../access/client.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { AuthService } from '../auth/auth.service.js';
import { DeviceTokenInterceptor } from '../auth/budgets/device-token.interceptor.js';
import { LoginDto } from '../auth/dto/login.dto.js';
import { LocalAuthGuard } from '../auth/guards/local-auth.guard.js';
import { TokenRevocationService } from '../auth/token-revocation.service.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import type { RefreshClaims } from '../tokens/token-claims.js';
import { AccessTokenAnswer, type TokenPair } from '../tokens/token-pair.js';
import type { ProvenUser } from '../users/password-check.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { SessionCookieGuard } from './session-cookie.guard.js';
import { SessionCookieInterceptor } from './session-cookie.interceptor.js';
import { SessionCookie } from './session-cookie.js';

/** The session of the account page: as `/login`, `/refresh` and `/logout`, with the refresh token in a cookie. */
@Public()
@UseGuards(SameOriginGuard)
@ApiTags('account page')
@Controller('account/session')
export class SessionController {
  constructor(
    private readonly auth: AuthService,
    private readonly revocation: TokenRevocationService,
    private readonly cookie: SessionCookie,
  ) {}

  /** Signs in with username or email, and password; the refresh token goes into a cookie. */
  @Throttle('login')
  @UseGuards(LocalAuthGuard)
  @UseInterceptors(SessionCookieInterceptor, DeviceTokenInterceptor)
  @ApiBody({ type: LoginDto })
  @ApiOkResponse({ type: AccessTokenAnswer })
  @ApiErrors('invalid_credentials', 'account_disabled', 'cross_origin_request')
  @HttpCode(200)
  @Post()
  signIn(@CurrentUser() user: ProvenUser, @FromClient() client: Client): Promise<TokenPair> {
    return this.auth.login(user, client);
  }

  /** Spends the refresh token of the cookie for the next one, and answers with an access token. */
  @UseGuards(SessionCookieGuard)
  @UseInterceptors(SessionCookieInterceptor)
  @ApiCookieAuth('session')
  @ApiOkResponse({ type: AccessTokenAnswer })
  @ApiErrors('refresh_token_reused', 'cross_origin_request')
  @HttpCode(200)
  @Post('refresh')
  refresh(@CurrentUser() token: RefreshClaims, @FromClient() client: Client): Promise<TokenPair> {
    return this.auth.refresh(token, client);
  }

  /** Ends the session of the cookie, and takes the cookie away. Where there is none, there is nothing to do. */
  @Throttle('none')
  @ApiNoContentResponse()
  @ApiErrors('cross_origin_request')
  @HttpCode(204)
  @Delete()
  async signOut(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const token = this.cookie.read(request);
    if (token === undefined) return;
    await this.revocation.endSession(token, 'logout');
    this.cookie.clear(reply);
  }
}
