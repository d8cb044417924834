import { AuditChainHead } from '../audit/audit-chain-head.entity.js';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { ThrottleCounter } from '../auth/budgets/throttle-counter.entity.js';
import { OneTimeToken } from '../auth/one-time-tokens/one-time-token.entity.js';
import { Instance } from '../instances/instance.entity.js';
import { OutboundMail } from '../mail/outbound-mail.entity.js';
import { RefreshToken } from '../tokens/refresh-token.entity.js';
import { RevokedToken } from '../tokens/revoked-token.entity.js';
import { Session } from '../tokens/session.entity.js';
import { ReservedName } from '../users/reserved-name.entity.js';
import { User } from '../users/user.entity.js';

/** Listed as classes: the same list works from TypeScript, from `dist` and in jest. A new entity is added here. */
export const entities = [
  User,
  ReservedName,
  Session,
  RefreshToken,
  RevokedToken,
  AuditEvent,
  AuditChainHead,
  ThrottleCounter,
  OneTimeToken,
  OutboundMail,
  Instance,
];
