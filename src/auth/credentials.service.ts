import { Injectable } from '@nestjs/common';
import { AppError } from '../errors/app-error.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';

/** Who a username and a password are right for. */
@Injectable()
export class CredentialsService {
  constructor(private readonly users: UsersService) {}

  /**
   * @param login the username or the email address
   * @throws AppError invalid_credentials for an unknown user and a wrong password alike; account_disabled only to
   * who knows the password; overloaded
   */
  async require(login: string, password: string): Promise<User> {
    return requireRight(await this.users.findByCredentials(login, password));
  }

  /**
   * The user with this id, if this is their password.
   * @throws AppError invalid_credentials, account_disabled or overloaded
   */
  async requirePassword(userId: string, password: string): Promise<User> {
    return requireRight(await this.users.findByPassword(userId, password));
  }
}

function requireRight(user: User | undefined): User {
  if (!user) throw new AppError('invalid_credentials');
  requireEnabled(user);
  return user;
}

/** @throws AppError account_disabled */
export function requireEnabled({ disabled }: User): void {
  if (disabled) throw new AppError('account_disabled');
}
