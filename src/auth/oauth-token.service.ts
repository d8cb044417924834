import { Injectable } from '@nestjs/common';
import type { Client } from '../access/client.decorator.js';
import { AppError } from '../errors/app-error.js';
import type { ErrorCode } from '../errors/error-catalogue.js';
import type { TokenPair } from '../tokens/token-pair.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import { AuthService } from './auth.service.js';
import { CredentialsService } from './credentials.service.js';
import type { TokenRequestDto } from './dto/token-request.dto.js';

const NOT_GRANTED: readonly ErrorCode[] = [
  'invalid_credentials',
  'account_disabled',
  'token_invalid',
  'token_expired',
  'token_revoked',
  'refresh_token_reused',
];

/** The grants of `/token`: `password` (RFC 6749 §4.3) and `refresh_token` (§6). */
@Injectable()
export class OAuthTokenService {
  constructor(
    private readonly auth: AuthService,
    private readonly credentials: CredentialsService,
    private readonly verifier: TokenVerifier,
  ) {}

  /** @throws AppError invalid_request, invalid_scope, invalid_grant or unsupported_grant_type; without a grant_type as `/login` does */
  grant(request: TokenRequestDto, client: Client): Promise<TokenPair> {
    if (request.scope !== undefined) throw new AppError('invalid_scope');
    switch (request.grant_type) {
      case undefined:
        required('grant_type', request.username && request.password);
        return this.byPassword(request, client);
      case 'password':
        return this.byPassword(request, client).catch(rejectGrant);
      case 'refresh_token':
        return this.byRefreshToken(request, client).catch(rejectGrant);
      default:
        throw new AppError('unsupported_grant_type');
    }
  }

  private async byPassword({ username, password }: TokenRequestDto, client: Client): Promise<TokenPair> {
    const user = await this.credentials.require(
      required('username', username),
      required('password', password),
    );
    return this.auth.login(user, client);
  }

  private async byRefreshToken({ refresh_token }: TokenRequestDto, client: Client): Promise<TokenPair> {
    const claims = await this.verifier.verify(required('refresh_token', refresh_token), 'refresh');
    return this.auth.refresh(claims, client);
  }
}

function required(name: string, value: string | undefined): string {
  if (value === undefined) throw new AppError('invalid_request', { message: `${name} is missing` });
  return value;
}

function rejectGrant(error: unknown): never {
  if (!(error instanceof AppError) || !NOT_GRANTED.includes(error.code)) throw error;
  throw new AppError('invalid_grant', { message: error.message, detail: error.code, cause: error });
}
