import { Injectable } from '@nestjs/common';
import type { Client } from '../access/client.decorator.js';
import type { Identity } from '../access/identity.js';
import { RotationService } from '../tokens/rotation.service.js';
import { SessionsService } from '../tokens/sessions.service.js';
import type { RefreshClaims } from '../tokens/token-claims.js';
import type { AccessTokenAnswer, TokenPair } from '../tokens/token-pair.js';
import type { ProvenUser } from '../users/password-check.js';
import { UserReader } from '../users/user-reader.js';
import { CredentialsService } from './credentials.service.js';

/** Signs in, and keeps signed in. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UserReader,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly rotation: RotationService,
  ) {}

  /**
   * Starts a session for a user whose password was just proven.
   * @throws AppError invalid_credentials or account_disabled
   */
  async login(proven: ProvenUser, client: Client): Promise<TokenPair> {
    const sign = await this.credentials.runProven('sign_in', proven, (_, user) =>
      this.sessions.start(user, client),
    );
    return sign();
  }

  /**
   * Takes the password once more, for a fresh access token in place of the caller's.
   * @throws AppError invalid_credentials, account_disabled, token_revoked or overloaded
   */
  async reauthenticate(caller: Identity, password: string): Promise<AccessTokenAnswer> {
    const proven = await this.credentials.requirePassword(caller.userId, password);
    const sign = await this.credentials.runProven('reauthentication', proven, (_, user) =>
      this.sessions.reauthenticate(user, caller),
    );
    return sign();
  }

  /**
   * Spends a refresh token. The new access token carries the user as stored now.
   * @throws AppError token_revoked or refresh_token_reused
   */
  refresh(claims: RefreshClaims, client: Client): Promise<TokenPair> {
    return this.rotation.rotate(claims, client, () => this.users.require(claims.sub));
  }
}
