import { CreateSchema1764000000000 } from './1764000000000-create-schema.js';
import { AddThrottleCounters1764600000000 } from './1764600000000-add-throttle-counters.js';
import { AddMail1795800000000 } from './1795800000000-add-mail.js';
import { AddInstances1796400000000 } from './1796400000000-add-instances.js';
import { IndexAccessExpiry1796800000000 } from './1796800000000-index-access-expiry.js';
import { NoteRefreshOrigins1797000000000 } from './1797000000000-note-refresh-origins.js';
import { AddReservedNames1797100000000 } from './1797100000000-add-reserved-names.js';
import { AddImportedFrom1795500000000 } from './1795500000000-add-imported-from.js';
import { ChainAuditEvents1795600000000 } from './1795600000000-chain-audit-events.js';

/** Every migration in order. A generated one is added at the end. */
export const migrations = [
  CreateSchema1764000000000,
  AddThrottleCounters1764600000000,
  AddImportedFrom1795500000000,
  ChainAuditEvents1795600000000,
  AddMail1795800000000,
  AddInstances1796400000000,
  IndexAccessExpiry1796800000000,
  NoteRefreshOrigins1797000000000,
  AddReservedNames1797100000000,
];
