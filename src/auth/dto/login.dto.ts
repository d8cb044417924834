import { IsCredential } from '../../users/text-rules.js';

export class LoginDto {
  /** The username, or the email address */
  @IsCredential()
  username!: string;

  @IsCredential()
  password!: string;
}
