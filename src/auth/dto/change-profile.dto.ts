import { ValidateIf } from 'class-validator';
import { IsEmailAddress, IsUsername } from '../../users/text-rules.js';

const isGiven = (field: keyof ChangeProfileDto) => (dto: ChangeProfileDto) => dto[field] !== undefined;

export class ChangeProfileDto {
  /** 3 to 64 of A-Z a-z 0-9 . _ - ; unique without case */
  @ValidateIf(isGiven('username'))
  @IsUsername()
  username?: string;

  /** Unique without case; null for none */
  @ValidateIf((dto: ChangeProfileDto) => dto.email !== undefined && dto.email !== null)
  @IsEmailAddress()
  email?: string | null;
}
