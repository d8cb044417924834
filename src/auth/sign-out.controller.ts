import { Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import type { Identity } from '../access/identity.js';
import { RevocationService } from '../tokens/revocation.service.js';
import type { RefreshClaims } from '../tokens/token-claims.js';
import { WithRefreshToken } from './refresh-token.decorator.js';

class Confirmation {
  @ApiProperty()
  detail!: string;
}

@ApiTags('sign-out')
@Controller()
export class SignOutController {
  constructor(private readonly revocation: RevocationService) {}

  /** Ends this session, with its access tokens and its refresh token. */
  @ApiAccessToken()
  @ApiNoContentResponse()
  @HttpCode(204)
  @Post('logout')
  async logout(@CurrentUser() { userId, sessionId }: Identity): Promise<void> {
    await this.revocation.endSessions({ userId, sessionId }, 'logout');
  }

  /** Ends every session of the caller, this one too. */
  @ApiAccessToken()
  @ApiNoContentResponse()
  @HttpCode(204)
  @Post('logout-all')
  async logoutAll(@CurrentUser() { userId }: Identity): Promise<void> {
    await this.revocation.endSessions({ userId }, 'logout');
  }

  /** Revokes this access token alone. */
  @ApiAccessToken()
  @ApiOkResponse({ type: Confirmation })
  @Delete('access-revoke')
  async revokeAccess(@CurrentUser() token: Identity): Promise<Confirmation> {
    await this.revocation.revokeAccess(token, 'revoked');
    return { detail: 'Access token has been revoked' };
  }

  /** Revokes this refresh token: its session cannot be refreshed any more. */
  @WithRefreshToken()
  @ApiOkResponse({ type: Confirmation })
  @Delete('refresh-revoke')
  async revokeRefresh(@CurrentUser() token: RefreshClaims): Promise<Confirmation> {
    await this.revocation.revokeRefresh(token);
    return { detail: 'Refresh token has been revoked' };
  }
}
