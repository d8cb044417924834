import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../access/current-user.decorator.js';
import type { Identity } from '../access/identity.js';
import { Roles } from '../access/roles.decorator.js';
import { ApiAccessToken } from '../docs/api-access-token.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { PageQueryDto } from '../http/page-query.dto.js';
import {
  AuditEventList,
  AuditEventProfile,
  SecurityEventList,
  SecurityEventProfile,
} from './audit-event-profile.js';
import { AuditEvents } from './audit-events.service.js';
import { AuditQueryDto } from './audit-query.dto.js';

@ApiTags('audit')
@ApiAccessToken()
@Controller()
export class AuditEventsController {
  constructor(private readonly events: AuditEvents) {}

  /** What happened, the newest first: to everybody, or to one user. */
  @Roles('admin')
  @ApiOkResponse({ type: AuditEventList })
  @ApiErrors('validation_failed')
  @Get('audit-events')
  async all(@Query() { user_id, type, ...page }: AuditQueryDto): Promise<AuditEventList> {
    const { items, next_cursor } = await this.events.list({ userId: user_id, type }, page);
    return { events: items.map((event) => AuditEventProfile.from(event)), next_cursor };
  }

  /** What happened to the caller's account, the newest first. */
  @ApiOkResponse({ type: SecurityEventList })
  @ApiErrors('validation_failed')
  @Get('users/me/security-events')
  async own(@CurrentUser() { userId }: Identity, @Query() page: PageQueryDto): Promise<SecurityEventList> {
    const { items, next_cursor } = await this.events.list({ userId }, page);
    return { events: items.map((event) => SecurityEventProfile.from(event)), next_cursor };
  }
}
