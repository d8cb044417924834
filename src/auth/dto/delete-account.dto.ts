import { IsCredential } from '../../users/text-rules.js';

export class DeleteAccountDto {
  @IsCredential()
  password!: string;
}
