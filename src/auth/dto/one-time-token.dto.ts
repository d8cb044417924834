import { IsBoundedText } from '../../users/text-rules.js';

export class OneTimeTokenDto {
  /** From the link in the mail */
  @IsBoundedText(128)
  token!: string;
}
