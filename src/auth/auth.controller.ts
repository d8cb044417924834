import { Body, Controller, HttpCode, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { FromClient, type Client } from '../access/client.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import type { Identity } from '../access/identity.js';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import type { RefreshClaims } from '../tokens/token-claims.js';
import { AccessTokenAnswer, TokenPair } from '../tokens/token-pair.js';
import type { ProvenUser } from '../users/password-check.js';
import { UserProfile } from '../users/user-profile.js';
import { AuthService } from './auth.service.js';
import { DeviceTokenInterceptor } from './budgets/device-token.interceptor.js';
import { LoginDto } from './dto/login.dto.js';
import { ReauthenticateDto } from './dto/reauthenticate.dto.js';
import { RefreshDto } from './dto/refresh.dto.js';
import { RegisterDto } from './dto/register.dto.js';
import { LocalAuthGuard } from './guards/local-auth.guard.js';
import { WithRefreshToken } from './refresh-token.decorator.js';
import { RegistrationService } from './registration.service.js';

@ApiTags('sign-in')
@Controller()
export class AuthController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly auth: AuthService,
  ) {}

  /** Makes an account. */
  @Public()
  @ApiCreatedResponse({ type: UserProfile })
  @ApiErrors('user_exists')
  @Post('register')
  async register(@Body() account: RegisterDto): Promise<UserProfile> {
    return UserProfile.from(await this.registration.register(account));
  }

  /** Signs in with username or email, and password. */
  @Public()
  @Throttle('login')
  @UseGuards(LocalAuthGuard)
  @UseInterceptors(DeviceTokenInterceptor)
  @ApiBody({ type: LoginDto })
  @ApiOkResponse({ type: TokenPair })
  @ApiErrors('invalid_credentials', 'account_disabled')
  @HttpCode(200)
  @Post('login')
  login(@CurrentUser() user: ProvenUser, @FromClient() client: Client): Promise<TokenPair> {
    return this.auth.login(user, client);
  }

  /** Spends the refresh token, given as bearer or in the body, for a new pair. */
  @WithRefreshToken()
  @ApiBody({ type: RefreshDto, required: false })
  @ApiOkResponse({ type: TokenPair })
  @ApiErrors('refresh_token_reused')
  @HttpCode(200)
  @Post('refresh')
  refresh(
    @CurrentUser() token: RefreshClaims,
    @FromClient() client: Client,
    @Body() _body: RefreshDto,
  ): Promise<TokenPair> {
    return this.auth.refresh(token, client);
  }

  /** Takes the password once more, for a fresh access token in place of this one (RFC 9470). */
  @Throttle('login')
  @ApiAccessToken()
  @ApiOkResponse({ type: AccessTokenAnswer })
  @ApiErrors('invalid_credentials', 'account_disabled')
  @HttpCode(200)
  @Post('reauthenticate')
  reauthenticate(
    @CurrentUser() caller: Identity,
    @Body() { password }: ReauthenticateDto,
  ): Promise<AccessTokenAnswer> {
    return this.auth.reauthenticate(caller, password);
  }
}
