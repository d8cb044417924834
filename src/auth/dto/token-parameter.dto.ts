import { IsOptional, IsString } from 'class-validator';
import { OAuthForm } from '../../http/oauth-form.js';

/** What is asked of a token: to revoke it (RFC 7009 §2.1), or what it is (RFC 7662 §2.1). */
@OAuthForm()
export class TokenParameterDto {
  @IsString({ message: 'must be a text' })
  token!: string;

  /** Not needed: a token says itself what it is */
  @IsOptional()
  @IsString({ message: 'must be a text' })
  token_type_hint?: string;
}
