import { IsOptional } from 'class-validator';
import { PageQueryDto } from '../../http/page-query.dto.js';
import { IsBoundedText } from '../../users/text-rules.js';

export class ListUsersDto extends PageQueryDto {
  /** A part of the username or of the email address, in any case */
  @IsOptional()
  @IsBoundedText(254)
  query?: string;
}
