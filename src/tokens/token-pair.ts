/** The answer that carries an access token alone. */
export class AccessTokenAnswer {
  access_token!: string;
  /** Always `bearer` */
  token_type!: 'bearer';
  /** Seconds until the access token expires */
  expires_in!: number;
}

/** The answer to a sign-in and to a refresh (RFC 6749 §5.1). */
export class TokenPair extends AccessTokenAnswer {
  refresh_token!: string;
  /** Seconds until the refresh token expires */
  refresh_expires_in!: number;
}
