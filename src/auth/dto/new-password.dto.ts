import { IsString } from 'class-validator';
import { IsNewPassword } from '../../users/password-policy.js';

export class NewPasswordDto {
  @IsString()
  username!: string;

  @IsNewPassword()
  password!: string;
}
