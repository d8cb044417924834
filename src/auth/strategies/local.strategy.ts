import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-local';
import type { ProvenUser } from '../../users/password-check.js';
import { CredentialsService } from '../credentials.service.js';
import { noRegistry } from './own-strategy.js';

/** Username and password of the body → the user they are right for. */
@Injectable()
export class LocalStrategy extends PassportStrategy(Strategy, 'local') {
  constructor(private readonly credentials: CredentialsService) {
    super();
  }

  getPassportInstance(): typeof noRegistry {
    return noRegistry;
  }

  /** @throws AppError invalid_credentials or account_disabled */
  validate(username: string, password: string): Promise<ProvenUser> {
    return this.credentials.require(username, password);
  }
}
