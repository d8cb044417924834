import { IsPresentedToken } from '../../users/text-rules.js';

export class OneTimeTokenDto {
  /** From the link in the mail */
  @IsPresentedToken()
  token!: string;
}
