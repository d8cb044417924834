import { IsEmailAddress } from '../../users/text-rules.js';

export class ForgotPasswordDto {
  @IsEmailAddress()
  email!: string;
}
