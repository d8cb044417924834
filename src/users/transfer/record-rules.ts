import { ValidateBy, type ValidationArguments } from 'class-validator';
import { roles } from '../../access/role.js';
import { readHash } from '../hashes/read-hash.js';
import { UnusableHash } from '../hashes/stored-hash.js';
import type { UserRecord } from './user-record.js';

const LONGEST_HASH = 512;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

export const IsUuid = () =>
  rule('isUuid', 'must be a UUID', (value) => typeof value === 'string' && uuid.test(value));

export const IsFlag = () => rule('isFlag', 'must be true or false', (value) => typeof value === 'boolean');

/** An address can be verified where there is one. */
export const NeedsEmail = () =>
  rule('needsEmail', 'needs an email', (value, { email }) => value !== true || typeof email === 'string');

export const IsListOfRoles = () =>
  rule('isListOfRoles', `must list some of ${roles.join(', ')}, each once`, (value) => {
    if (!Array.isArray(value) || value.length === 0) return false;
    return (
      new Set(value).size === value.length &&
      value.every((role) => (roles as readonly unknown[]).includes(role))
    );
  });

export const IsMoment = () =>
  rule(
    'isMoment',
    'must be a time of ISO 8601 with its zone, as 2026-03-01T12:00:00Z',
    (value) => typeof value === 'string' && moment.test(value) && !Number.isNaN(Date.parse(value)),
  );

export const StandsAlone = () =>
  rule('standsAlone', 'must not stand beside password_hash', (_, record) => record.password_hash == null);

/** A hash that a sign-in can check, and that costs it no more than it may. */
export const IsUsableHash = () =>
  rule(
    'isUsableHash',
    ({ value }) => hashFault(value) ?? '',
    (value) => hashFault(value) === undefined,
  );

function hashFault(stored: unknown): string | undefined {
  if (typeof stored !== 'string') return 'must be a text';
  if (stored.length > LONGEST_HASH) return `must be at most ${String(LONGEST_HASH)} characters`;
  try {
    return readHash(stored).excess;
  } catch (error) {
    if (error instanceof UnusableHash) return error.message;
    throw error;
  }
}

function rule(
  name: string,
  message: string | ((args: ValidationArguments) => string),
  holds: (value: unknown, record: Partial<UserRecord>) => boolean,
): PropertyDecorator {
  const defaultMessage = (args?: ValidationArguments) =>
    typeof message === 'string' || !args ? String(message) : message(args);
  const validate = (value: unknown, args?: ValidationArguments) => holds(value, args?.object ?? {});
  return ValidateBy({ name, validator: { validate, defaultMessage } });
}
