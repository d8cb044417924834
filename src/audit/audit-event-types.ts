export type AuditOutcome = 'success' | 'failure';

/**
 * Every type of event, with its outcome. Types are public: never renamed, never used for something else. `docs/audit.md`
 * is compared with this list by a test.
 */
export const auditEventTypes = {
  user_registered: 'success',
  users_imported: 'success',
  users_exported: 'success',
  user_disabled: 'success',
  user_enabled: 'success',
  user_deleted: 'success',
  roles_changed: 'success',
  username_changed: 'success',
  email_change_requested: 'success',
  email_change_cancelled: 'success',
  email_changed: 'success',
  email_verified: 'success',
  password_set: 'success',
  password_changed: 'success',
  password_reset: 'success',
  signed_in: 'success',
  sign_in_failed: 'failure',
  reauthenticated: 'success',
  reauthentication_failed: 'failure',
  throttled: 'failure',
  sessions_ended: 'success',
  token_revoked: 'success',
  refresh_repeated: 'success',
  refresh_token_reused: 'failure',
  signing_key_rotated: 'success',
  signing_key_retired: 'success',
  personal_data_erased: 'success',
} as const satisfies Record<string, AuditOutcome>;

export type AuditEventType = keyof typeof auditEventTypes;
