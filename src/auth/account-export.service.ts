import { Injectable } from '@nestjs/common';
import { SecurityEventProfile } from '../audit/audit-event-profile.js';
import { AuditEvents } from '../audit/audit-events.service.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../time/clock.js';
import { SessionsService } from '../tokens/sessions.service.js';
import { FeatureData } from '../users/feature-data.js';
import { UsersService } from '../users/users.service.js';
import { ExportedSession, ExportedUser, type AccountExport } from './account-export.js';

/** Gives users what is kept about them (GDPR, articles 15 and 20). */
@Injectable()
export class AccountExportService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditEvents,
    private readonly features: FeatureData,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError token_revoked */
  async export(userId: string): Promise<AccountExport> {
    return { ...(await this.exportAccount(userId)), features: await this.features.of(userId) };
  }

  /** Read in one unit, so that no part shows another moment than the rest. */
  private exportAccount(userId: string): Promise<Omit<AccountExport, 'features'>> {
    return this.work.run(async (manager) => {
      const user = await this.users.require(userId);
      const sessions = await this.sessions.listKept(manager, userId);
      const events = await this.audit.listAllOf(manager, userId);
      return {
        exported_at: this.clock.now().toISOString(),
        user: ExportedUser.of(user, await this.users.isImported(userId)),
        sessions: sessions.map((kept) => ExportedSession.from(kept)),
        audit_events: events.map((event) => SecurityEventProfile.from(event)),
      };
    });
  }
}
