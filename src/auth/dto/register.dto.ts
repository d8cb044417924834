import { IsOptional } from 'class-validator';
import { IsNewPassword } from '../../users/password-policy.js';
import { IsEmailAddress, IsUsername } from '../../users/text-rules.js';

export class RegisterDto {
  /** 3 to 64 of A-Z a-z 0-9 . _ - ; unique without case */
  @IsUsername()
  username!: string;

  /** 8 to 128 characters, not a common password, without the username or the email in it */
  @IsNewPassword()
  password!: string;

  /** Unique without case */
  @IsOptional()
  @IsEmailAddress()
  email?: string;
}
