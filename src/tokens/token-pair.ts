/** The answer to a sign-in and to a refresh (RFC 6749 §5.1). */
export class TokenPair {
  access_token!: string;
  refresh_token!: string;
  /** Always `bearer` */
  token_type!: 'bearer';
  /** Seconds until the access token expires */
  expires_in!: number;
  /** Seconds until the refresh token expires */
  refresh_expires_in!: number;
}
