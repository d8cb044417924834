import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQueryDto } from '../http/page-query.dto.js';
import { auditEventTypes, type AuditEventType } from './audit-event-types.js';

const types = Object.keys(auditEventTypes) as AuditEventType[];

export class AuditQueryDto extends PageQueryDto {
  /** Whom the events concern */
  @IsOptional()
  @IsUUID('all', { message: 'must be a UUID' })
  user_id?: string;

  @ApiPropertyOptional({ enum: types })
  @IsOptional()
  @IsIn(types, { message: 'must be a type of docs/audit.md' })
  type?: AuditEventType;
}
