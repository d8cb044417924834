import { ApiPropertyOptional } from '@nestjs/swagger';
import { roles, type Role } from '../access/role.js';

/** What is told of a token (RFC 7662 §2.2): of one that does not hold, nothing but that. Times are NumericDate seconds. */
export class Introspection {
  active!: boolean;
  /** As the user is called now */
  username?: string;
  /** `bearer` for an access token; a refresh token is `refresh_token`, so that nobody takes one for the other */
  @ApiPropertyOptional({ enum: ['bearer', 'refresh_token'] })
  token_type?: 'bearer' | 'refresh_token';
  exp?: number;
  iat?: number;
  nbf?: number;
  sub?: string;
  aud?: string;
  iss?: string;
  jti?: string;
  sid?: string;
  /** As the user has them now; a refresh token gives none */
  @ApiPropertyOptional({ enum: roles, isArray: true })
  roles?: readonly Role[];
}
