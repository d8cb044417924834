import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { AppError, type FieldFault } from '../errors/app-error.js';
import { OAuthForm } from './oauth-form.js';
import { isText, sortFields } from './request-fields.js';

/** Checks what a request brings against its DTO, and turns it into one. */
@Injectable()
export class RequestPipe implements PipeTransform {
  /** @throws AppError validation_failed with every fault; invalid_request on an OAuth 2.0 endpoint. */
  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (type === 'param') requireFindable(value);
    if (metatype === undefined || (type !== 'body' && type !== 'query')) return value;
    const dto = metatype as Type<object>;
    return isOAuthForm(dto)
      ? checkForm(value ?? {}, dto)
      : checkObject(value === undefined ? {} : value, dto);
  }
}

function isOAuthForm(dto: Type): boolean {
  return Reflect.hasMetadata(OAuthForm.KEY, dto);
}

async function checkForm(form: object, dto: Type<object>): Promise<object> {
  const { sound, faulty } = sortFields(form, dto);
  rejectRepeated(sound);
  const { instance, faults } = await makeDto(sound, dto, faulty);
  if (faults.length > 0) throw new AppError('invalid_request', { message: asSentence(faults) });
  return instance;
}

async function checkObject(body: unknown, dto: Type<object>): Promise<object> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new AppError('validation_failed', {
      fields: [{ field: 'body', message: 'must be a JSON object' }],
    });
  const { sound, faulty, unknown } = sortFields(body, dto);
  const { instance, faults } = await makeDto(sound, dto, [...unknown, ...faulty]);
  if (faults.length > 0) throw new AppError('validation_failed', { fields: faults });
  return instance;
}

async function makeDto(
  fields: object,
  dto: Type<object>,
  known: readonly FieldFault[],
): Promise<{ instance: object; faults: FieldFault[] }> {
  const instance = plainToInstance(dto, fields);
  const found = faultsOf(await validate(instance, { stopAtFirstError: true }));
  return {
    instance,
    faults: [...known, ...found.filter(({ field }) => !known.some((fault) => fault.field === field))],
  };
}

/** @throws AppError not_found: a path that nothing can be stored under. */
function requireFindable(segment: unknown): void {
  if (typeof segment === 'string' && !isText(segment)) throw new AppError('not_found');
}

function rejectRepeated(form: object): void {
  const repeated = Object.entries(form).filter(([, value]) => Array.isArray(value));
  if (repeated.length === 0) return;
  throw new AppError('invalid_request', {
    message: `sent more than once: ${repeated.map(([name]) => name).join(', ')}`,
  });
}

function faultsOf(errors: readonly ValidationError[]): FieldFault[] {
  return errors.flatMap(({ property, value, constraints = {} }) =>
    value === undefined
      ? [{ field: property, message: 'is missing' }]
      : Object.values(constraints).map((message) => ({ field: property, message })),
  );
}

function asSentence(faults: readonly FieldFault[]): string {
  return faults.map(({ field, message }) => `${field} ${message}`).join('; ');
}
