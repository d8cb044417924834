import fc from 'fast-check';
import {
  oddBody,
  oddContentType,
  oddHeaders,
  oddNames,
  oddSegment,
  oddText,
  oddValue,
} from './fuzz-values.js';

interface Schema {
  readonly $ref?: string;
  readonly required?: readonly string[];
  readonly properties?: Record<string, { readonly type?: string; readonly enum?: unknown[] }>;
}

type Content = Record<string, { readonly schema: Schema }>;

/** One operation of an OpenAPI document. */
export interface Operation {
  readonly security?: Record<string, unknown>[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Record<string, { readonly content?: Content }>;
}

export interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

/** A request as it is sent, but for the placeholders in it. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | undefined;
}

/** What stands for a token, a username or a password of the run until a request is sent: `<live access>`. */
const placeholders = {
  access: [
    '<live access>',
    '<admin access>',
    '<expired access>',
    '<revoked access>',
    '<forged access>',
    '<altered access>',
  ],
  refresh: [
    '<live refresh>',
    '<spent refresh>',
    '<revoked refresh>',
    '<expired refresh>',
    '<forged refresh>',
  ],
} as const;
const anyToken = fc.constantFrom<string>(...placeholders.access, ...placeholders.refresh, '', 'garbage');

/** Values that a field of this name may have in a request that succeeds; any text where the name says nothing. */
function goodValue(field: string): fc.Arbitrary<unknown> {
  switch (field) {
    case 'username':
      return fc.constantFrom('<username>', '<new username>');
    case 'password':
    case 'current_password':
      return fc.constant('<password>');
    case 'new_password':
      return fc.constantFrom('<password>', '<new password>');
    case 'email':
      return fc.constant('<new username>@example.org');
    case 'grant_type':
      return fc.constantFrom('password', 'refresh_token');
    case 'token_type_hint':
      return fc.constantFrom('access_token', 'refresh_token');
    case 'refresh_token':
      return fc.constant('<live refresh>');
    case 'roles':
      return fc.constantFrom(['user'], ['user', 'introspect'], ['admin']);
    case 'disabled':
      return fc.boolean();
    case 'token':
      return fc.oneof(anyToken, fc.constantFrom('<verification token>', '<reset token>'));
    default:
      return fc.string({ minLength: 1, maxLength: 20 });
  }
}

/** Requests to an operation: most are nearly right, so that they get far. */
export function requestsTo(document: OpenApi, path: string, method: string): fc.Arbitrary<FuzzRequest> {
  const operation = document.paths[path]![method]!;
  const { security, requestBody } = operation;
  const [contentType = 'application/json', { schema } = {} as Partial<Content[string]>] =
    Object.entries(requestBody?.content ?? {})[0] ?? [];
  const fields = Object.keys(schemaOf(document, schema).properties ?? {});
  const good = goodToken(operation);
  return fc
    .record({
      path: pathOf(path),
      query: often(
        '',
        fc.oneof(oddSegment, anyToken).map((value) => `?access_token=${value}`),
      ),
      authorization: security ? often(`Bearer ${good}`, authorization, 2) : often('', authorization),
      body: fields.length > 0 ? bodyOf(fields, contentType) : often(undefined, oddBody),
      type: often<string | undefined>(contentType, oddContentType, 12),
      cookie: cookieOf(operation),
      headers: often<Record<string, string>>({}, oddHeaders, 2),
    })
    .map(({ path: to, query, authorization: credentials, body, type, cookie, headers }) => ({
      method: method.toUpperCase(),
      path: to + query,
      headers: {
        ...headers,
        ...cookie,
        ...(credentials !== '' && { Authorization: credentials }),
        ...(body !== undefined && type !== undefined && { 'Content-Type': type }),
      },
      body,
    }));
}

/** Where something can be added that has an id of its own then: paths such as `/orders`, beside `/orders/{id}`. */
export function collectionsIn({ paths }: OpenApi): string[] {
  return Object.keys(paths).filter((path) => paths[path]!['post'] && `${path}/{id}` in paths);
}

/** What has to be sent to add something there. */
export function additionTo(document: OpenApi, collection: string): object {
  const { requestBody } = document.paths[collection]!['post']!;
  const { required = [] } = schemaOf(document, requestBody?.content['application/json']?.schema);
  return Object.fromEntries(required.map((field) => [field, fc.sample(goodValue(field), 1)[0]]));
}

/** Stands for an id that is asked for below a path: `<orders id>`. */
export const idBelow = (path: string): string => `<${path.split('/').at(-1)!} id>`;

function schemaOf({ components }: OpenApi, schema: Schema | undefined): Schema {
  return components.schemas[schema?.$ref?.split('/').at(-1) ?? ''] ?? {};
}

function goodToken({ security, ...operation }: Operation): string {
  if ('x-roles' in operation) return '<admin access>';
  if (security?.some((scheme) => 'service' in scheme)) return '<service token>';
  return security?.some((scheme) => 'refresh' in scheme) ? '<live refresh>' : '<live access>';
}

/** The cookie of the account page, where it is what a route wants. */
function cookieOf({ security }: Operation): fc.Arbitrary<Record<string, string>> {
  if (!security?.some((scheme) => 'session' in scheme)) return fc.constant({});
  return often('<live refresh>', anyToken, 2).map((token) => ({ Cookie: `gatehouse_session=${token}` }));
}

const authorization = fc.oneof(
  { weight: 3, arbitrary: anyToken.map((token) => `Bearer ${token}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'Bearer',
      'Bearer ',
      'Basic YTpi',
      'bearer <live access>',
      'Bearer <live access> x',
      'Bearer <live access>,<live access>',
      `Bearer ${'x'.repeat(5000)}`,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.base64String({ maxLength: 300 }).map((text) => `Bearer ${text}.${text}.${text}`),
  },
);

function often<T>(usual: T, odd: fc.Arbitrary<T>, weight = 6): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: odd });
}

function pathOf(template: string): fc.Arbitrary<string> {
  const id = idBelow(template.split('/{')[0]!);
  const segments = template
    .split('/')
    .map((segment) =>
      segment.startsWith('{') ? fc.oneof(fc.constant(id), oddSegment) : fc.constant(segment),
    );
  return fc.tuple(...segments).map((parts) => parts.join('/'));
}

function bodyOf(fields: readonly string[], contentType: string): fc.Arbitrary<Buffer | undefined> {
  const form = contentType !== 'application/json';
  const value = (field: string) =>
    fc.oneof(
      { weight: 12, arbitrary: goodValue(field) },
      { weight: 2, arbitrary: form ? oddText : oddValue },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
  const known = fc.record(Object.fromEntries(fields.map((field) => [field, value(field)])));
  const extra = often<[string, unknown][]>(
    [],
    fc.array(fc.tuple(fc.oneof(fc.constantFrom(...oddNames), oddText), oddValue), { maxLength: 3 }),
  );
  const whole = fc.tuple(known, extra).map(([body, more]) => {
    const members = [...Object.entries(body), ...more].filter(([, item]) => item !== undefined);
    return Buffer.from(form ? asForm(members) : asJson(members));
  });
  return fc.oneof(
    { weight: 12, arbitrary: whole },
    { weight: 1, arbitrary: oddBody },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

/** Written by hand, as an object could not have a name twice. */
function asJson(members: [string, unknown][]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

function asForm(members: [string, unknown][]): string {
  return new URLSearchParams(
    members.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
    .toString()
    .replaceAll('%3C', '<')
    .replaceAll('%3E', '>')
    .replace(/<[a-z+]+>/g, (found) => found.replaceAll('+', ' '));
}
