/** Why a token no longer holds, as the caller of `token_revoked` is told. */
export type CutReason =
  | 'logout'
  | 'revoked'
  | 'session_ended'
  | 'password_changed'
  | 'refresh_reuse'
  | 'account_disabled'
  | 'account_deleted'
  | 'reauthenticated'
  | 'admin';
