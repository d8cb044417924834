import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Throttle } from '../access/throttle.decorator.js';
import { CurrentUser } from '../access/current-user.decorator.js';
import type { Identity } from '../access/identity.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { AppError } from '../errors/app-error.js';
import { PageQueryDto } from '../http/page-query.dto.js';
import type { CutCounts } from './cut.js';
import { RevocationService } from './revocation.service.js';
import { SessionList, SessionProfile } from './session-profile.js';
import { SessionLists } from './session-lists.service.js';

/** Where the caller is signed in. */
@ApiTags('sessions')
@ApiAccessToken()
@Controller('users/me/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionLists,
    private readonly revocation: RevocationService,
  ) {}

  /** The caller's live sessions, the one used last first, a page at a time. */
  @ApiOkResponse({ type: SessionList })
  @ApiErrors('validation_failed')
  @Get()
  async list(
    @CurrentUser() { userId, sessionId }: Identity,
    @Query() page: PageQueryDto,
  ): Promise<SessionList> {
    const { items, next_cursor } = await this.sessions.listLive(userId, page);
    return { sessions: items.map((session) => SessionProfile.from(session, sessionId)), next_cursor };
  }

  /** Ends all of the caller's sessions but this one. */
  @Throttle('none')
  @ApiNoContentResponse()
  @HttpCode(204)
  @Delete()
  async endOthers(@CurrentUser() { userId, sessionId }: Identity): Promise<void> {
    await this.revocation.endSessions({ userId, exceptSessionId: sessionId }, 'session_ended');
  }

  /** Ends one of the caller's sessions. */
  @Throttle('none')
  @ApiNoContentResponse()
  @HttpCode(204)
  @Delete(':id')
  async endOne(@CurrentUser() { userId }: Identity, @Param('id') sessionId: string): Promise<void> {
    requireEnded(await this.revocation.endSessions({ userId, sessionId }, 'session_ended'));
  }
}

/** @throws AppError not_found for a session that was ended before, and for one of somebody else's. */
function requireEnded({ sessions }: CutCounts): void {
  if (sessions === 0) throw new AppError('not_found');
}
