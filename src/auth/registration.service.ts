import { Injectable } from '@nestjs/common';
import type { Role } from '../access/role.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { NewPasswordsService } from '../users/new-passwords.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import type { RegisterDto } from './dto/register.dto.js';

/** Makes accounts: people their own, with the role `user`; the command line any. An address is asked to be verified. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly newPasswords: NewPasswordsService,
    private readonly verification: EmailVerificationService,
    private readonly audit: AuditTrail,
    private readonly work: UnitOfWork,
  ) {}

  /** @throws AppError user_exists, validation_failed or overloaded */
  async register(
    { username, password, email }: RegisterDto,
    roles: readonly Role[] = ['user'],
  ): Promise<User> {
    const passwordHash = await this.newPasswords.hash(password, { username, email });
    return this.work.run(async (manager) => {
      const user = await this.users.create({ username, passwordHash, email, roles });
      await this.audit.record(manager, {
        type: 'user_registered',
        userId: user.id,
        details: { roles },
        personal: { username },
      });
      if (user.email !== null) await this.verification.askFor(manager, user, user.email);
      return user;
    });
  }
}
