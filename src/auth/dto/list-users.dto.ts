import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { IsBoundedText } from '../../users/text-rules.js';

export class ListUsersDto {
  /** How many users a page has at most */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 50 })
  @Matches(/^([1-9]\d?|100)$/, { message: 'must be a whole number from 1 to 100' })
  limit = '50';

  /** The `next_cursor` of the page before */
  @IsOptional()
  @IsBoundedText(512)
  cursor?: string;

  /** A part of the username or of the email address, in any case */
  @IsOptional()
  @IsBoundedText(254)
  query?: string;
}
