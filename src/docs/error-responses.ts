import type { OpenAPIObject } from '@nestjs/swagger';
import { errorCatalogue, type ErrorCode } from '../errors/error-catalogue.js';
import { ERRORS_EXTENSION } from './api-errors.decorator.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & Record<`x-${string}`, unknown>;
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const methods = ['get', 'post', 'patch', 'put', 'delete'] as const;
const text = { type: 'string' } as const;

/** Tags of what probes and other services ask, which has no limit. */
const WITHOUT_LIMIT = new Set(['health', 'revocations']);

const errorSchema: Schemas[string] = {
  type: 'object',
  required: ['statusCode', 'error', 'message'],
  properties: {
    statusCode: { type: 'integer' },
    error: { ...text, description: 'For programs: it never changes its meaning' },
    message: { ...text, description: 'For people' },
    error_description: { ...text, description: 'On the OAuth 2.0 endpoints only' },
    details: {
      type: 'array',
      description: 'With validation_failed only: every fault at once',
      items: { type: 'object', required: ['field', 'message'], properties: { field: text, message: text } },
    },
    reason: { ...text, description: 'With token_revoked only: why the token was cut' },
  },
};

/** Adds the refusals to every operation: those of its `@ApiErrors()`, and those that follow from what it takes and needs. */
export function describeErrors(document: OpenAPIObject): OpenAPIObject {
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Error: errorSchema },
  };
  for (const path of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = path[method] as Operation | undefined;
      if (operation) addRefusals(operation, method);
    }
  }
  return document;
}

function addRefusals(operation: Operation, method: string): void {
  const codes = [...bodyErrors(operation, method), ...accessErrors(operation), ...ownErrors(operation)];
  for (const code of codes) {
    const { status, message } = errorCatalogue[code];
    const others = operation.responses[status] as { description: string } | undefined;
    operation.responses[status] = {
      description: [...(others ? [others.description] : []), `\`${code}\`: ${message}`].join('\n\n'),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    };
  }
}

/** Also where a route has no use for a body: what is sent is read all the same, except with a GET. */
function bodyErrors({ requestBody }: Operation, method: string): ErrorCode[] {
  if (method === 'get') return [];
  const form = requestBody && 'content' in requestBody && !('application/json' in requestBody.content);
  return form
    ? ['invalid_request', 'payload_too_large']
    : ['validation_failed', 'malformed_json', 'payload_too_large', 'unsupported_media_type'];
}

function accessErrors({ security, tags, parameters = [], ...operation }: Operation): ErrorCode[] {
  return [
    ...tokenErrors(security),
    ...('x-roles' in operation ? (['forbidden'] as const) : []),
    ...(parameters.some((parameter) => 'in' in parameter && parameter.in === 'path')
      ? (['not_found'] as const)
      : []),
    ...(tags?.some((tag) => WITHOUT_LIMIT.has(tag)) ? [] : (['rate_limited'] as const)),
    'internal_error',
    'overloaded',
  ];
}

/** The token of a setting neither expires nor is revoked. */
function tokenErrors(security: Operation['security'] = []): ErrorCode[] {
  if (security.length === 0) return [];
  const own: ErrorCode[] = ['token_missing', 'token_invalid'];
  return security.some((scheme) => 'service' in scheme) ? own : [...own, 'token_expired', 'token_revoked'];
}

function ownErrors(operation: Operation): ErrorCode[] {
  const { [ERRORS_EXTENSION]: codes = [] } = operation;
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
  delete operation[ERRORS_EXTENSION];
  return codes as ErrorCode[];
}
