import type { INestApplicationContext } from '@nestjs/common';
import { AuditVerifier } from '../audit/audit-verifier.js';
import type { ChainFault, ChainLink, ChainReport } from '../audit/chain-walk.js';
import { CommandError } from './command-error.js';

/** What the commands about the audit trail do. */
export class AuditCommands {
  constructor(private readonly app: INestApplicationContext) {}

  /**
   * @param anchor what an earlier run has printed
   * @throws CommandError where an event is not as it was written
   */
  async verify(anchor: string | undefined): Promise<string> {
    const found = await this.app
      .get(AuditVerifier)
      .verify(anchor === undefined ? undefined : readAnchor(anchor));
    return verifiedInWords(found);
  }
}

/** @throws CommandError where an event is not as it was written */
export function verifiedInWords(found: ChainReport | ChainFault): string {
  if ('fault' in found) {
    const id = found.id === null ? '' : ` (${found.id})`;
    throw new CommandError(`Event ${String(found.seq)}${id} ${found.fault}.`);
  }
  return [
    `${String(found.seq)} event(s) hold; of ${String(found.erased)} the personal data were erased.`,
    `--anchor ${String(found.seq)}:${found.hash}`,
  ].join('\n');
}

function readAnchor(text: string): ChainLink {
  const [, seq, hash] = /^(\d{1,10}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (hash === undefined) throw new CommandError('An anchor is a number, a colon and 64 hexadecimal digits.');
  return { seq: Number(seq), hash };
}
