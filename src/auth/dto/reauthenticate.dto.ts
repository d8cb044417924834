import { IsCredential } from '../../users/text-rules.js';

export class ReauthenticateDto {
  @IsCredential()
  password!: string;
}
