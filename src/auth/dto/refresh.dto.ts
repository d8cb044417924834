import { IsOptional } from 'class-validator';
import { IsPresentedToken } from '../../users/text-rules.js';

export class RefreshDto {
  /** In place of the Authorization header */
  @IsOptional()
  @IsPresentedToken()
  refresh_token?: string;
}
