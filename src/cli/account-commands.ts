import type { INestApplicationContext, Type } from '@nestjs/common';
import type { Role } from '../access/role.js';
import { AccountDeletionService } from '../auth/account-deletion.service.js';
import { AccountsService } from '../auth/accounts.service.js';
import { NewPasswordDto } from '../auth/dto/new-password.dto.js';
import { RegisterDto } from '../auth/dto/register.dto.js';
import { RegistrationService } from '../auth/registration.service.js';
import { RequestPipe } from '../http/request.pipe.js';
import { UserProfile } from '../users/user-profile.js';
import type { User } from '../users/user.entity.js';
import { UserDirectory } from '../users/user-directory.service.js';
import { UsersService } from '../users/users.service.js';
import { CommandError } from './command-error.js';

/** What the commands about accounts do. Input meets the same rules as over HTTP. */
export class AccountCommands {
  private readonly pipe = new RequestPipe();

  constructor(private readonly app: INestApplicationContext) {}

  async create(
    username: string,
    password: string,
    email: string | undefined,
    roles: readonly Role[],
  ): Promise<string> {
    const account = await this.check(RegisterDto, { username, password, email });
    const user = await this.app
      .get(RegistrationService)
      .register(account, [...new Set<Role>(['user', ...roles])]);
    return `Created ${user.username} (${user.id}) with the roles ${user.roles.join(', ')}.`;
  }

  async list(): Promise<UserProfile[]> {
    const users = await this.app.get(UserDirectory).list();
    return users.map((user) => UserProfile.from(user));
  }

  async disable(username: string): Promise<string> {
    const { sessions } = await this.app.get(AccountsService).disable(await this.find(username));
    return `Disabled ${username}: ${String(sessions)} session(s) ended.`;
  }

  async enable(username: string): Promise<string> {
    await this.app.get(AccountsService).enable(await this.find(username));
    return `Enabled ${username}.`;
  }

  async delete(username: string): Promise<string> {
    const { id } = await this.find(username);
    const { sessions } = await this.app.get(AccountDeletionService).delete(id);
    return `Deleted ${username}: ${String(sessions)} session(s) ended.`;
  }

  async setPassword(username: string, password: string): Promise<string> {
    const user = await this.find(username);
    await this.check(NewPasswordDto, { username, password });
    const { sessions } = await this.app.get(AccountsService).setPassword(user, password);
    return `Set the password of ${username}: ${String(sessions)} session(s) ended.`;
  }

  private check<T>(metatype: Type<T>, input: object): Promise<T> {
    return this.pipe.transform(input, { type: 'body', metatype }) as Promise<T>;
  }

  private async find(username: string): Promise<User> {
    const user = await this.app.get(UsersService).findByUsername(username);
    if (!user) throw new CommandError(`There is no user ${username}.`);
    return user;
  }
}
