import { IsOptional } from 'class-validator';
import { OAuthForm } from '../../http/oauth-form.js';
import { IsBoundedText, IsCredential, IsPresentedToken } from '../../users/text-rules.js';

/** A token request (RFC 6749 §4.3.2 and §6). */
@OAuthForm()
export class TokenRequestDto {
  /** `password` or `refresh_token`; may be left out with `username` and `password` */
  @IsOptional()
  @IsBoundedText(64)
  grant_type?: string;

  @IsOptional()
  @IsCredential()
  username?: string;

  @IsOptional()
  @IsCredential()
  password?: string;

  @IsOptional()
  @IsPresentedToken()
  refresh_token?: string;

  /** None is granted: only an empty one is taken */
  @IsOptional()
  @IsBoundedText(4096)
  scope?: string;
}
