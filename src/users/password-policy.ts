import { applyDecorators } from '@nestjs/common';
import { ValidateBy, type ValidationArguments } from 'class-validator';

const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 128;
const SHORTEST_NAME = 3;

/** Whose password it is. */
export interface Person {
  readonly username: string;
  readonly email?: string | null | undefined;
}

/**
 * What a new password must be (NIST SP 800-63B §3.1.1.2): long enough, not common, without the username or the email
 * address of the same request in it; no rules of composition. Lengths are code points after NFKC, as the hash sees them.
 */
export function IsNewPassword(): PropertyDecorator {
  return applyDecorators(HasPasswordLength(), IsUncommon(), IsImpersonal());
}

function HasPasswordLength(): PropertyDecorator {
  return Rule(
    'passwordLength',
    `must be ${String(LEAST_CHARACTERS)} to ${String(MOST_CHARACTERS)} characters`,
    (password) => {
      const characters = Array.from(password).length;
      return characters >= LEAST_CHARACTERS && characters <= MOST_CHARACTERS;
    },
  );
}

function IsUncommon(): PropertyDecorator {
  return Rule(
    'passwordUncommon',
    'is a common password, which is tried first: choose another',
    async (password) => {
      const common = await loadCommonPasswords();
      return !common.has(password.toLowerCase());
    },
  );
}

function IsImpersonal(): PropertyDecorator {
  return Rule(
    'passwordImpersonal',
    'must not contain the username or the email address',
    (password, request) => {
      const { username, email } = request;
      return !isPersonal(password, { username: asText(username), email: asText(email) });
    },
  );
}

/**
 * Whether a password has the username, the email address or what stands before its @ in it, compared without case: these
 * are tried first. What is shorter than a username may be is part of too many words.
 */
export function isPersonal(password: string, { username, email }: Person): boolean {
  const text = password.normalize('NFKC').toLowerCase();
  return [username, email ?? '', email?.split('@')[0] ?? '']
    .filter((name) => name.length >= SHORTEST_NAME)
    .some((name) => text.includes(name.toLowerCase()));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function Rule(
  name: string,
  message: string,
  holds: (password: string, request: Record<string, unknown>) => boolean | Promise<boolean>,
): PropertyDecorator {
  const validate = (value: unknown, args?: ValidationArguments) =>
    typeof value === 'string' && holds(value.normalize('NFKC'), args?.object as Record<string, unknown>);
  return ValidateBy({ name, validator: { validate, defaultMessage: () => message } });
}

let commonPasswords: Promise<ReadonlySet<string>> | undefined;

// Some 49,000 entries: loaded when a password is first chosen, not at start.
function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  commonPasswords ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common']),
  );
  return commonPasswords;
}
