import { ValidateBy, type ValidationArguments } from 'class-validator';
import { isIP } from 'node:net';
import { parseBreachList } from './breach-list.js';
import { parseDatabaseUrl } from './database-url.js';
import { parseDuration } from './duration.js';
import { parseRateLimits } from './rate-limit.js';
import { parseRedisUrl } from './redis-url.js';

/** A rule over the text of a setting: `fault` says what is wrong with it, and never repeats the value. */
type Fault<T> = (value: string | undefined, environment: T) => string | undefined;

/** The setting must have no fault, of which the other settings may have a say. */
export function SettingRule<T extends object>(name: string, fault: Fault<T>): PropertyDecorator {
  const check = ({ value, object }: ValidationArguments) => fault(value as string | undefined, object as T);
  return ValidateBy({
    name,
    validator: {
      validate: (_value, args) => args !== undefined && check(args) === undefined,
      defaultMessage: (args) => (args && check(args)) ?? `fails the rule ${name}`,
    },
  });
}

/** The text must please `holds`; `message` is what the operator reads otherwise. */
export function TextThat(message: string, holds: (text: string) => boolean): PropertyDecorator {
  return SettingRule('textThat', (text) => (text !== undefined && holds(text) ? undefined : message));
}

export function NotBlank(meaning: string): PropertyDecorator {
  return TextThat(`must be ${meaning}`, (text) => text.trim() !== '');
}

/** A duration within bounds given in seconds. */
export function DurationSetting({ atLeast }: { atLeast: number }): PropertyDecorator {
  const least = atLeast > 0 ? `, at least ${String(atLeast)} second(s)` : '';
  return TextThat(`must be a duration such as 15m, 30d or 900 (seconds)${least}`, (text) => {
    const seconds = parseDuration(text);
    return seconds !== undefined && seconds >= atLeast && seconds <= 10 * 365 * 86_400;
  });
}

export function RateLimitsSetting(): PropertyDecorator {
  return TextThat(
    'must be limits such as "5 per minute" or "200 per day;50 per hour"',
    (text) => parseRateLimits(text) !== undefined,
  );
}

export function DatabaseUrlSetting(): PropertyDecorator {
  return TextThat(
    'must be sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST/DATABASE',
    (text) => parseDatabaseUrl(text) !== undefined,
  );
}

export function PostgresUrlSetting(): PropertyDecorator {
  return TextThat(
    'must be postgres://USER:PASSWORD@HOST/DATABASE',
    (text) => parseDatabaseUrl(text)?.kind === 'postgres',
  );
}

export function RedisUrlSetting(): PropertyDecorator {
  return TextThat(
    'must be redis://USER:PASSWORD@HOST:PORT/NUMBER, or the same with rediss:// for TLS; all but the host may be left out',
    (text) => parseRedisUrl(text) !== undefined,
  );
}

export function BreachListSetting(): PropertyDecorator {
  return TextThat(
    'must be file:PATH of a list ordered by SHA-1, or the http(s) URL of a range API',
    (text) => parseBreachList(text) !== undefined,
  );
}

export function WholeNumber(least: number, most: number): PropertyDecorator {
  return TextThat(
    `must be a whole number from ${String(least)} to ${String(most)}`,
    (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
  );
}

export function OneOf(choices: readonly string[]): PropertyDecorator {
  return TextThat(`must be one of ${choices.join(', ')}`, (text) => choices.includes(text));
}

/** Two of the service's own cannot listen on the same. */
export function OtherThanPort(): PropertyDecorator {
  return SettingRule<{ PORT: string }>('otherThanPort', (port, { PORT }) =>
    Number(port) === Number(PORT) ? 'must be another port than PORT' : undefined,
  );
}

/** A resource server that is told of both would take a refresh token, whose audience is the issuer, for one of its own. */
export function OtherThanIssuer(): PropertyDecorator {
  return SettingRule<{ JWT_ISSUER: string }>('otherThanIssuer', (audience, { JWT_ISSUER }) =>
    audience === JWT_ISSUER ? 'must be another text than JWT_ISSUER' : undefined,
  );
}

/** A comma-separated list, possibly empty, of the given choices. */
export function ListOf(choices: readonly string[]): PropertyDecorator {
  return TextThat(`must be a comma-separated list of ${choices.join(', ')}, or empty`, (text) =>
    splitList(text).every((item) => choices.includes(item)),
  );
}

export function ProxyList(): PropertyDecorator {
  return TextThat(
    'must be a comma-separated list of proxy addresses, such as 10.0.0.7, 10.0.0.0/8 or loopback',
    (text) => splitList(text).length > 0 && splitList(text).every(isProxy),
  );
}

/** Exact origins only: a pattern, or `*`, would let in whoever gets a page under it. */
export function OriginList(): PropertyDecorator {
  return TextThat(
    'must be a comma-separated list of origins, such as https://app.example.org, without a path',
    (text) => splitList(text).length > 0 && splitList(text).every(isOrigin),
  );
}

/** What another service shows as bearer token. */
export function ServiceTokenSetting(): PropertyDecorator {
  return TextThat(
    'must be at least 16 characters, of those that a header can carry, without spaces',
    isServiceToken,
  );
}

export function ServiceTokenList(): PropertyDecorator {
  return TextThat(
    'must be a comma-separated list of tokens, each of at least 16 characters that a header can carry, without spaces',
    (text) => splitList(text).length > 0 && splitList(text).every(isServiceToken),
  );
}

export function SmtpUrl(): PropertyDecorator {
  return TextThat(
    'must be smtp://USER:PASSWORD@HOST:PORT, or smtps:// for TLS from the first byte',
    (text) => /^smtps?:\/\/[^/]/.test(text) && URL.canParse(text),
  );
}

export function MailSender(): PropertyDecorator {
  return TextThat('must be an address such as auth@example.org, or Auth <auth@example.org>', (text) =>
    /^([\w .'-]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(text),
  );
}

/** What links begin with. */
export function HttpUrl(): PropertyDecorator {
  return TextThat(
    'must be an http(s) URL such as https://auth.example.org, without ? and #',
    (text) => /^https?:\/\/[^?#]+$/.test(text) && URL.canParse(text),
  );
}

export function isListenAddress(text: string): boolean {
  return /^[^\s/]+$/.test(text);
}

export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isServiceToken(text: string): boolean {
  return /^[\x21-\x7e]{16,}$/.test(text);
}

function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z\d.:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
