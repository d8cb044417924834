import { IsNewPassword } from '../../users/password-policy.js';
import { OneTimeTokenDto } from './one-time-token.dto.js';

export class ResetPasswordDto extends OneTimeTokenDto {
  /** 8 to 128 characters, not a common password, without the username or the email in it */
  @IsNewPassword()
  new_password!: string;
}
