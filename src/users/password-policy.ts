import { applyDecorators } from '@nestjs/common';
import { ValidateBy, type ValidationArguments } from 'class-validator';

const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 128;

/**
 * What a new password must be (NIST SP 800-63B §3.1.1.2): long enough, not common, without the username in it; no
 * rules of composition. Lengths are code points after NFKC, as the hash sees them.
 * @param usernameField the field of the same request that holds the username, where there is one.
 */
export function IsNewPassword(usernameField?: string): PropertyDecorator {
  return applyDecorators(HasPasswordLength(), IsUncommon(), LacksField(usernameField));
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

function LacksField(field: string | undefined): PropertyDecorator {
  return Rule('passwordOwn', 'must not contain the username', (password, request) => {
    const username = field === undefined ? undefined : request[field];
    return typeof username !== 'string' || !containsUsername(password, username);
  });
}

/** Whether a password has the username in it, compared without case: it would be among the first that are tried. */
export function containsUsername(password: string, username: string): boolean {
  return username !== '' && password.normalize('NFKC').toLowerCase().includes(username.toLowerCase());
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
