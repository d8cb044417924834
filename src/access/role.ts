/** What an account may hold. `introspect` is for services that ask whether a token is live (RFC 7662). */
export const roles = ['user', 'admin', 'introspect'] as const;

export type Role = (typeof roles)[number];
