import { IsOptional } from 'class-validator';
import { IsEmailAddress, IsUsername, MayBeAbsent } from '../../users/text-rules.js';

export class ChangeProfileDto {
  /** 3 to 64 of A-Z a-z 0-9 . _ - ; unique without case */
  @MayBeAbsent()
  @IsUsername()
  username?: string;

  /** Unique without case; null for none */
  @IsOptional()
  @IsEmailAddress()
  email?: string | null;
}
