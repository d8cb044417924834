import { getMetadataStorage } from 'class-validator';
import type { Type } from '@nestjs/common';
import { AppError, type FieldFault } from '../errors/app-error.js';

const UNKNOWN_FIELD = 'is not a known field';

// Half of a surrogate pair is no character: it is stored as another one, and some validators throw on it. A database
// refuses the null character.
const NO_TEXT = /[\0\p{Surrogate}]/u;

const VERIFIED_TEXT = Symbol('verified text');

/** Marks a field for a token: any text may stand there, as only a verifier reads it. That it is no token, it says. */
export const IsVerifiedText = (): PropertyDecorator => Reflect.metadata(VERIFIED_TEXT, true);

/** The fields of a request, sorted by whether its DTO can be made of them. */
export interface SortedFields {
  /** What the DTO knows and can bear. */
  readonly sound: Record<string, unknown>;
  /** What the DTO knows and no DTO can bear, with the reason. */
  readonly faulty: readonly FieldFault[];
  /** What the DTO does not know, also where every object has something of that name. */
  readonly unknown: readonly FieldFault[];
}

/** Sorts the fields of a request before its DTO is made: what is left is flat, is text, and has no name but the DTO's. */
export function sortFields(request: object, dto: Type): SortedFields {
  const known = fieldsOf(dto);
  const sound: Record<string, unknown> = {};
  const faulty: FieldFault[] = [];
  const unknown: FieldFault[] = [];
  for (const [field, value] of Object.entries(request)) {
    const fault = faultOf(value, Reflect.hasMetadata(VERIFIED_TEXT, dto.prototype as object, field));
    if (!known.has(field)) unknown.push({ field, message: UNKNOWN_FIELD });
    else if (fault !== undefined) faulty.push({ field, message: fault });
    else sound[field] = value;
  }
  return { sound, faulty, unknown };
}

/** For a request of which every field may be left out, but not all of them. @throws AppError validation_failed */
export function requireSomeField(fields: object, fault: FieldFault): void {
  if (Object.values(fields).every((value) => value === undefined))
    throw new AppError('validation_failed', { fields: [fault] });
}

/** Whether a text can be stored and compared as it is. */
export function isText(text: string): boolean {
  return !NO_TEXT.test(text);
}

function fieldsOf(dto: Type): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}

function faultOf(value: unknown, verified: boolean): string | undefined {
  for (const item of [value].flat()) {
    if (typeof item === 'object' && item !== null) return 'must not be an object';
    if (typeof item === 'string' && !verified && !isText(item))
      return 'must have no null character and no half of a surrogate pair';
  }
  return undefined;
}
