import { Body, Controller, Delete, HttpCode, Post, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import type { Identity } from '../access/identity.js';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import type { CutScope } from '../tokens/cut.js';
import { RevocationService } from '../tokens/revocation.service.js';
import type { RefreshClaims } from '../tokens/token-claims.js';
import { RefreshDto } from './dto/refresh.dto.js';
import { SessionTokenGuard } from './guards/session-token.guard.js';
import { WithRefreshToken } from './refresh-token.decorator.js';

class Confirmation {
  @ApiProperty()
  detail!: string;
}

@Throttle('none')
@ApiTags('sign-out')
@Controller()
export class SignOutController {
  constructor(private readonly revocation: RevocationService) {}

  /** Ends this session, with its access tokens and its refresh token. Either of them will do. */
  @Public()
  @UseGuards(SessionTokenGuard)
  @ApiAccessToken()
  @ApiBearerAuth('refresh')
  @ApiBody({ type: RefreshDto, required: false })
  @ApiNoContentResponse()
  @HttpCode(204)
  @Post('logout')
  async logout(@CurrentUser() token: Identity | RefreshClaims, @Body() _body: RefreshDto): Promise<void> {
    await this.revocation.endSessions(sessionOf(token), 'logout');
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

function sessionOf(token: Identity | RefreshClaims): CutScope {
  return 'sid' in token
    ? { userId: token.sub, sessionId: token.sid }
    : { userId: token.userId, sessionId: token.sessionId };
}
