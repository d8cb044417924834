import { Injectable, ValidationPipe, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError, type FieldFault } from '../errors/app-error.js';
import { OAuthForm } from './oauth-form.js';

const UNKNOWN_FIELD = 'is not a known field';

/** Checks what a request brings against its DTO, and turns it into one. */
@Injectable()
export class RequestPipe implements PipeTransform {
  private readonly json = new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => new AppError('validation_failed', { fields: faultsOf(errors) }),
  });
  private readonly form = new ValidationPipe({
    transform: true,
    whitelist: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => new AppError('invalid_request', { message: asSentence(faultsOf(errors)) }),
  });

  /** @throws AppError validation_failed with every fault; invalid_request on an OAuth 2.0 endpoint. */
  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (isOAuthForm(metadata)) {
      rejectRepeated(value);
      return this.form.transform(value, metadata) as Promise<unknown>;
    }
    if (metadata.type === 'body') requireObject(value);
    return this.json.transform(value, metadata) as Promise<unknown>;
  }
}

function isOAuthForm({ metatype }: ArgumentMetadata): boolean {
  return metatype !== undefined && Reflect.hasMetadata(OAuthForm.KEY, metatype);
}

function requireObject(body: unknown): void {
  if (body === undefined) return;
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refused('body', 'must be a JSON object');
  // class-transformer leaves this one out silently, so the whitelist never sees it.
  if (Object.hasOwn(body, 'constructor')) throw refused('constructor', UNKNOWN_FIELD);
}

function refused(field: string, message: string): AppError {
  return new AppError('validation_failed', { fields: [{ field, message }] });
}

function rejectRepeated(form: unknown): void {
  const repeated = Object.entries(form ?? {}).filter(([, value]) => Array.isArray(value));
  if (repeated.length === 0) return;
  throw new AppError('invalid_request', {
    message: `sent more than once: ${repeated.map(([name]) => name).join(', ')}`,
  });
}

function faultsOf(errors: readonly ValidationError[]): FieldFault[] {
  return errors.flatMap(({ property, value, constraints = {} }) =>
    value === undefined
      ? [{ field: property, message: 'is missing' }]
      : Object.entries(constraints).map(([rule, message]) => ({
          field: property,
          message: rule === 'whitelistValidation' ? UNKNOWN_FIELD : message,
        })),
  );
}

function asSentence(faults: readonly FieldFault[]): string {
  return faults.map(({ field, message }) => `${field} ${message}`).join('; ');
}
