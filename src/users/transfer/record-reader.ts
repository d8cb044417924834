import { AppError } from '../../errors/app-error.js';
import { RequestPipe } from '../../http/request.pipe.js';
import { fold } from '../fold.js';
import { UserRecord } from './user-record.js';

/** A line of an import. One without a text could not be read, and `fault` says why. */
export interface Line {
  readonly number: number;
  readonly text?: string;
  readonly fault?: string;
}

/** What a line says: a record, or what is wrong with it. */
export type Entry = { readonly line: number; readonly record: UserRecord } | Refusal;

/** A line that is not imported, and why. */
export interface Refusal {
  readonly line: number;
  readonly fault: string;
}

/**
 * Reads the lines of one import, each checked by the rules of a registration. Remembers the names it has met, so that
 * none comes twice: half a gigabyte for a million users, which is all that an import keeps in memory.
 */
export class RecordReader {
  private readonly pipe = new RequestPipe();
  private readonly met = {
    id: new Map<string, number>(),
    username: new Map<string, number>(),
    email: new Map<string, number>(),
  };

  async read({ number, text, fault }: Line): Promise<Entry> {
    if (text === undefined) return { line: number, fault: fault ?? 'cannot be read' };
    const document = parse(text);
    if (document === undefined) return { line: number, fault: 'is no JSON object' };
    try {
      const record = (await this.pipe.transform(document, {
        type: 'body',
        metatype: UserRecord,
      })) as UserRecord;
      const repeated = this.remember(record, number);
      return repeated === undefined ? { line: number, record } : { line: number, fault: repeated };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { line: number, fault: inWords(error) };
    }
  }

  private remember({ id, username, email }: UserRecord, line: number): string | undefined {
    const names = Object.entries({
      id: id?.toLowerCase(),
      username: fold(username),
      email: email == null ? undefined : fold(email),
    }) as [keyof typeof this.met, string | undefined][];
    for (const [field, name] of names) {
      const before = name === undefined ? undefined : this.met[field].get(name);
      if (before !== undefined) return `${field} is that of line ${String(before)}, too`;
    }
    for (const [field, name] of names) if (name !== undefined) this.met[field].set(name, line);
    return undefined;
  }
}

// The parser's own words would quote the line, and a password with it.
function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function inWords({ message, facts: { fields = [] } }: AppError): string {
  return fields.length === 0 ? message : fields.map((fault) => `${fault.field} ${fault.message}`).join('; ');
}
