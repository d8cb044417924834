import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../errors/app-error.js';
import { BreachedPasswords } from './breached-passwords/breached-passwords.js';
import { PasswordHasher } from './password-hasher.js';
import { isPersonal, type Person } from './password-policy.js';

/** Takes the passwords that people choose: what a request by itself cannot show of them is checked here. */
@Injectable()
export class NewPasswordsService {
  private readonly logger = new Logger(NewPasswordsService.name);

  constructor(
    private readonly hasher: PasswordHasher,
    private readonly breached: BreachedPasswords,
  ) {}

  /**
   * Hashes a new password: apart from the change itself, so that no unit of work waits for a hash.
   * @param field what the password is called in the request, for the refusal
   * @throws AppError validation_failed where it is personal or known from a breach; overloaded
   */
  async hash(password: string, person: Person, field = 'password'): Promise<string> {
    if (isPersonal(password, person))
      throw refused(field, 'must not contain the username or the email address');
    if (await this.isBreached(password))
      throw refused(field, 'is known from a data breach, and tried first: choose another');
    return this.hasher.hash(password);
  }

  /** A list that cannot be asked keeps nobody from choosing a password. */
  private async isBreached(password: string): Promise<boolean> {
    try {
      return await this.breached.has(password);
    } catch (error) {
      this.logger.warn(`Took a password unchecked, as the breach list cannot be asked: ${String(error)}`);
      return false;
    }
  }
}

function refused(field: string, message: string): AppError {
  return new AppError('validation_failed', { fields: [{ field, message }] });
}
