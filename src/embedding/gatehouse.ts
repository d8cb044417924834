import type { ExecutionContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Identity } from '../access/identity.js';
import { AppModule } from '../app.module.js';
import { AuditEvents } from '../audit/audit-events.service.js';
import { AccessTokens } from '../auth/access-tokens.service.js';
import { FreshTokenGuard } from '../auth/guards/fresh-token.guard.js';
import { RolesGuard } from '../auth/guards/roles.guard.js';
import { configureApp, createAdapter } from '../configure-app.js';
import { createLogger } from '../logging/logger.js';
import { Telemetry, type AuditedEvent } from '../telemetry/telemetry.js';
import { FeatureData } from '../users/feature-data.js';
import { UserReader } from '../users/user-reader.js';
import type { GatehouseOptions } from './gatehouse-options.js';
import { settingsWithin } from './settings-within.js';
import { UserDeletions, type DeleteOf } from './user-deletions.js';

const PATH = 'auth';

/** The service as another application has it: no server of its own, and what it offers to code in the same process. */
export class Gatehouse {
  private readonly deletions: UserDeletions;

  private constructor(
    private readonly app: NestFastifyApplication,
    /** The path that its routes are under, without slashes around it. */
    readonly path: string,
  ) {
    const users = this.part(UserReader);
    this.deletions = new UserDeletions(this.part(AuditEvents), (id) => users.isThere(id));
    this.onEvent((event) => void this.deletions.hear(event));
  }

  /** @throws SettingsError naming every setting that is wrong */
  static async start({ path = PATH, settings = {}, ...extensions }: GatehouseOptions): Promise<Gatehouse> {
    const checked = settingsWithin({ ...settings, path });
    const adapter = createAdapter(checked, createLogger(checked.logLevel));
    // No logger: Nest has one for the whole process, which is the application's.
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.forRoot(checked, extensions),
      adapter,
      {
        abortOnError: false,
      },
    );
    await configureApp(app);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new Gatehouse(app, checked.apiPrefix);
  }

  /**
   * Who is calling with this access token.
   * @throws AppError token_invalid, token_expired, token_revoked or overloaded
   */
  authenticate(token: string): Promise<Identity> {
    return this.part(AccessTokens).authenticate(token);
  }

  /**
   * Whether a handler of the application lets in whom its request was found to come from.
   * @throws AppError forbidden or fresh_token_required
   */
  allows(context: ExecutionContext): boolean {
    return [RolesGuard, FreshTokenGuard].every((guard) => this.part(guard).canActivate(context));
  }

  /** Tells of each event of the audit trail once it is durable, such as `user_registered`. @returns what ends that */
  onEvent(listener: (event: AuditedEvent) => void): () => void {
    const telemetry = this.part(Telemetry);
    telemetry.on('audited', listener);
    return () => void telemetry.off('audited', listener);
  }

  /**
   * Puts what a feature of the application keeps of a user into the export of the account, by the feature's name.
   * @throws Error where another feature has that name
   */
  onExport(feature: string, dataOf: (userId: string) => Promise<object[]>): void {
    this.part(FeatureData).add(feature, dataOf);
  }

  /**
   * Has a feature of the application delete what it keeps of a user once the account is gone: at once where this process
   * deletes it, within a minute where another one or the command line does, and again a minute later and at each start.
   * Where `deleteOf` fails, that is logged, and it is called again.
   * @throws Error where another feature has that name
   */
  onDelete(feature: string, deleteOf: DeleteOf): void {
    this.deletions.add(feature, deleteOf);
  }

  /** A part of the service itself, which may change without notice. */
  part<T>(type: Type<T>): T {
    return this.app.get(type, { strict: false });
  }

  /** Answers a request that came in at another server. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    this.app.getHttpAdapter().getInstance().routing(request, response);
  }

  /** Does nothing more by itself, and answers as before. */
  beforeStop(): void {
    this.deletions.stop();
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
