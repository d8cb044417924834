import { IsNewPassword } from '../../users/password-policy.js';
import { IsCredential } from '../../users/text-rules.js';

export class ChangePasswordDto {
  @IsCredential()
  current_password!: string;

  /** 8 to 128 characters, not a common password, without the username or the email in it */
  @IsNewPassword()
  new_password!: string;
}
