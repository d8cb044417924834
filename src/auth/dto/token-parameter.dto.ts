import { IsOptional } from 'class-validator';
import { OAuthForm } from '../../http/oauth-form.js';
import { IsBoundedText, IsPresentedToken } from '../../users/text-rules.js';

/** What is asked of a token: to revoke it (RFC 7009 §2.1), or what it is (RFC 7662 §2.1). */
@OAuthForm()
export class TokenParameterDto {
  @IsPresentedToken()
  token!: string;

  /** Needed to introspect a refresh token; elsewhere a token says itself what it is */
  @IsOptional()
  @IsBoundedText(64)
  token_type_hint?: string;
}
