import { IsOptional, IsString } from 'class-validator';
import { OAuthForm } from '../../http/oauth-form.js';
import { IsCredential } from '../../users/text-rules.js';

/** A token request (RFC 6749 §4.3.2 and §6). */
@OAuthForm()
export class TokenRequestDto {
  /** `password` or `refresh_token`; may be left out with `username` and `password` */
  @IsOptional()
  @IsString({ message: 'must be a text' })
  grant_type?: string;

  @IsOptional()
  @IsCredential()
  username?: string;

  @IsOptional()
  @IsCredential()
  password?: string;

  @IsOptional()
  @IsString({ message: 'must be a text' })
  refresh_token?: string;
}
