import type { AuditEventList, AuditEventProfile } from '../../src/audit/audit-event-profile.js';
import { signUpAdmin } from './admins.js';
import type { Person } from './people.js';
import { isOnPostgres } from './stores.js';
import type { TestApp } from './test-app.js';

export const root: Person = { username: 'root', password: 'a long walk along the shore' };

/** Makes an administrator, as the command line does, and signs them in. @returns their access token */
export async function signInAdmin(service: TestApp): Promise<string> {
  return (await signUpAdmin(service, root)).access_token;
}

/** A page of the events, as an administrator sees it. */
export async function listEvents(
  { api }: Pick<TestApp, 'api'>,
  adminToken: string,
  query: Record<string, string | number> = {},
): Promise<AuditEventList> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return (await api.get(`/audit-events?${search.toString()}`, adminToken).expect(200)).body as AuditEventList;
}

/** The newest event of a type. */
export async function newestEvent(
  service: TestApp,
  adminToken: string,
  type: string,
): Promise<AuditEventProfile | undefined> {
  return (await listEvents(service, adminToken, { type, limit: 1 })).events[0];
}

/** Lets no further event be written, as where the disk is full: the database says `full`. @returns what takes it back */
export async function refuseEvents(service: TestApp): Promise<() => Promise<void>> {
  const [refuse, allow] = isOnPostgres
    ? [
        'ALTER TABLE audit_events ADD CONSTRAINT "full" CHECK (false) NOT VALID',
        'ALTER TABLE audit_events DROP CONSTRAINT "full"',
      ]
    : [
        "CREATE TRIGGER full BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'full'); END",
        'DROP TRIGGER full',
      ];
  await service.query(refuse);
  return async () => {
    await service.query(allow);
  };
}
