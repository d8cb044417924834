import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { SecurityEventProfile } from '../audit/audit-event-profile.js';
import { AuditEvents } from '../audit/audit-events.service.js';
import { jsonArray } from '../http/json-array.js';
import { Clock } from '../time/clock.js';
import { SessionLists } from '../tokens/session-lists.service.js';
import { FeatureData } from '../users/feature-data.js';
import { UserDirectory } from '../users/user-directory.service.js';
import { UsersService } from '../users/users.service.js';
import { ExportedSession, ExportedUser, type AccountExport } from './account-export.js';

type Beginning = Pick<AccountExport, 'exported_at' | 'user'>;
type End = Pick<AccountExport, 'features'>;

/** Gives users what is kept about them (GDPR, articles 15 and 20). */
@Injectable()
export class AccountExportService {
  constructor(
    private readonly users: UsersService,
    private readonly directory: UserDirectory,
    private readonly sessions: SessionLists,
    private readonly audit: AuditEvents,
    private readonly features: FeatureData,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns an `AccountExport` as JSON. Sessions and events, of which there may be very many, are read while it is sent.
   * @throws AppError token_revoked
   */
  async export(userId: string): Promise<Readable> {
    const user = await this.users.require(userId);
    const beginning: Beginning = {
      exported_at: this.clock.now().toISOString(),
      user: ExportedUser.of(user, await this.directory.isImported(userId)),
    };
    const end: End = { features: await this.features.of(userId) };
    return Readable.from(this.document(userId, beginning, end), { objectMode: false });
  }

  private async *document(userId: string, beginning: Beginning, end: End): AsyncGenerator<string> {
    yield `${JSON.stringify(beginning).slice(0, -1)},"sessions":`;
    yield* jsonArray(this.sessions.eachKept(userId), (kept) => ExportedSession.from(kept));
    yield ',"audit_events":';
    yield* jsonArray(this.audit.eachOf(userId), (event) => SecurityEventProfile.from(event));
    yield `,${JSON.stringify(end).slice(1)}`;
  }
}
