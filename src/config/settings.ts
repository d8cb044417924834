import { validateSync } from 'class-validator';
import { parse } from 'dotenv';
import { existsSync, readFileSync } from 'node:fs';
import { parseBreachList, type BreachList } from './breach-list.js';
import { parseDatabaseUrl, type DatabaseLocation } from './database-url.js';
import { parseDuration } from './duration.js';
import {
  Environment,
  settingNames,
  type jwtAlgorithms,
  type profileClaims,
  type tokenTypes,
} from './environment.js';
import { passwordHashOf, type PasswordHashing } from './password-hashing.js';
import { publicUrlOf } from './public-url.js';
import { parseRateLimits, type RateLimit } from './rate-limit.js';
import { parseRedisUrl } from './redis-url.js';
import { splitList } from './setting-rules.js';
import { readSettingFiles } from './setting-files.js';
import { warningsOf } from './setting-warnings.js';
import { SettingsError } from './settings-error.js';

export type JwtAlgorithm = (typeof jwtAlgorithms)[number];
export type ProfileClaim = (typeof profileClaims)[number];
export type TokenType = (typeof tokenTypes)[number];
export type Variables = Readonly<Record<string, string | undefined>>;

/** The settings, checked and typed. Durations are whole seconds. Frozen: nothing changes while the service runs. */
export abstract class Settings {
  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly apiPrefix: string;
  abstract readonly database: DatabaseLocation;
  /** How many connections this process may have to PostgreSQL. */
  abstract readonly databasePool: number;
  /** The PostgreSQL database that `gatehouse database move` moves to. May hold a password: not to be logged. */
  abstract readonly moveDatabaseTo: string | undefined;
  /** May hold a password: not to be logged. */
  abstract readonly redisUrl: string | undefined;
  abstract readonly jwtAlgorithm: JwtAlgorithm;
  abstract readonly jwtSecret: string | undefined;
  abstract readonly jwtKeysFile: string;
  abstract readonly issuer: string;
  abstract readonly audience: string;
  abstract readonly accessTokenTtl: number;
  abstract readonly refreshTokenTtl: number;
  abstract readonly freshTtl: number;
  /** How many live sessions an account may have. */
  abstract readonly maxSessions: number;
  abstract readonly refreshReuseLeeway: number;
  abstract readonly refreshRetryWindow: number;
  abstract readonly accessTokenClaims: readonly ProfileClaim[];
  abstract readonly denylistTokenChecks: readonly TokenType[];
  abstract readonly passwordHash: PasswordHashing;
  abstract readonly breachedPasswords: BreachList | undefined;
  abstract readonly throttleDefault: readonly RateLimit[];
  abstract readonly throttleLogin: readonly RateLimit[];
  abstract readonly mail: {
    /** None where mails are files. */
    readonly smtpUrl: string | undefined;
    readonly from: string;
    readonly outbox: string;
  };
  /** What links in mails begin with, without a slash at its end. */
  abstract readonly publicUrl: string;
  abstract readonly oneTimeTokenTtl: number;
  abstract readonly trustProxy: readonly string[];
  abstract readonly corsOrigins: readonly string[];
  /** Whether an instance refuses to start beside others with which it would not hold every promise. */
  abstract readonly strictCluster: boolean;
  /** Between the signal to stop and the closing of the server. */
  abstract readonly shutdownDelay: number;
  abstract readonly accountPage: boolean;
  /** Each lets in to the feed of revocations. Secrets: not to be logged. */
  abstract readonly revocationsTokens: readonly string[];
  /** None where neither METRICS_TOKEN nor METRICS_PORT is set: then nothing is measured. */
  abstract readonly metrics:
    | {
        /** A secret: not to be logged. */
        readonly token: string | undefined;
        readonly host: string;
        /** None where they have no port of their own. */
        readonly port: number | undefined;
      }
    | undefined;
  abstract readonly logLevel: string;
  /** For the operator, at start. */
  abstract readonly warnings: readonly string[];
}

/**
 * Reads the environment, then `.env` for what the environment leaves out.
 * @throws SettingsError naming every setting that is wrong.
 */
export function loadSettings(variables?: Variables, file?: string): Settings {
  return readSettings(givenVariables(variables, file));
}

/** What is set in the environment, and in `.env` where the environment leaves it out. */
export function givenVariables(variables: Variables = process.env, file = '.env'): Variables {
  return { ...(existsSync(file) ? parse(readFileSync(file)) : {}), ...variables };
}

/**
 * Checks and types the given variables, also those in files; those that are no settings of ours are ignored.
 * @throws SettingsError naming every setting that is wrong.
 */
export function readSettings(variables: Variables): Settings {
  const given = readSettingFiles(variables, settingNames);
  const environment = takeOurs(given.variables);
  const wrong = validateSync(environment).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((rule) => ({ name: property, rule })),
  );
  const faults = [...given.faults, ...wrong];
  if (faults.length > 0) throw new SettingsError(faults);
  return freezeSettings(environment);
}

/** An empty value means "not set", except where an empty list is a meaning of its own. */
function takeOurs(variables: Variables): Environment {
  const emptyHasMeaning = new Set<string>(['ACCESS_TOKEN_CLAIMS', 'DENYLIST_TOKEN_CHECKS']);
  const given = settingNames
    .map((name) => [name, variables[name]] as const)
    .filter(([name, value]) => value !== undefined && (value.trim() !== '' || emptyHasMeaning.has(name)));
  return Object.assign(new Environment(), Object.fromEntries(given));
}

function freezeSettings(environment: Environment): Settings {
  const publicUrl = publicUrlOf(environment);
  return Object.freeze({
    host: environment.HOST,
    port: Number(environment.PORT),
    apiPrefix: (environment.API_PREFIX ?? '').replace(/^\/|\/$/g, ''),
    database: checked(parseDatabaseUrl(environment.DATABASE_URL)),
    databasePool: Number(environment.DATABASE_POOL),
    moveDatabaseTo: environment.MOVE_DATABASE_TO,
    redisUrl: parseRedisUrl(environment.REDIS_URL ?? ''),
    jwtAlgorithm: environment.JWT_ALGORITHM as JwtAlgorithm,
    jwtSecret: environment.JWT_SECRET,
    jwtKeysFile: environment.JWT_KEYS_FILE,
    issuer: environment.JWT_ISSUER,
    audience: environment.JWT_AUDIENCE,
    accessTokenTtl: checked(parseDuration(environment.ACCESS_TOKEN_TTL)),
    refreshTokenTtl: checked(parseDuration(environment.REFRESH_TOKEN_TTL)),
    freshTtl: checked(parseDuration(environment.FRESH_TTL)),
    maxSessions: Number(environment.MAX_SESSIONS),
    refreshReuseLeeway: checked(parseDuration(environment.REFRESH_REUSE_LEEWAY)),
    refreshRetryWindow: checked(parseDuration(environment.REFRESH_RETRY_WINDOW)),
    accessTokenClaims: splitList(environment.ACCESS_TOKEN_CLAIMS) as ProfileClaim[],
    denylistTokenChecks: splitList(environment.DENYLIST_TOKEN_CHECKS) as TokenType[],
    passwordHash: passwordHashOf(environment),
    breachedPasswords: parseBreachList(environment.BREACHED_PASSWORDS ?? ''),
    throttleDefault: checked(parseRateLimits(environment.THROTTLE_DEFAULT)),
    throttleLogin: checked(parseRateLimits(environment.THROTTLE_LOGIN)),
    mail: {
      smtpUrl: environment.SMTP_URL,
      from: environment.MAIL_FROM ?? `Gatehouse <no-reply@${new URL(publicUrl).hostname}>`,
      outbox: environment.MAIL_OUTBOX,
    },
    publicUrl,
    oneTimeTokenTtl: checked(parseDuration(environment.ONE_TIME_TOKEN_TTL)),
    trustProxy: splitList(environment.TRUST_PROXY ?? ''),
    corsOrigins: splitList(environment.CORS_ORIGINS ?? ''),
    strictCluster: environment.STRICT_CLUSTER === 'true',
    shutdownDelay: checked(parseDuration(environment.SHUTDOWN_DELAY)),
    accountPage: environment.ACCOUNT_PAGE === 'on',
    revocationsTokens: splitList(environment.REVOCATIONS_TOKEN ?? ''),
    metrics: metricsOf(environment),
    logLevel: environment.LOG_LEVEL,
    warnings: warningsOf(environment, publicUrl),
  });
}

function metricsOf({ METRICS_TOKEN, METRICS_HOST, METRICS_PORT }: Environment): Settings['metrics'] {
  if (METRICS_TOKEN === undefined && METRICS_PORT === undefined) return undefined;
  return {
    token: METRICS_TOKEN,
    host: METRICS_HOST,
    port: METRICS_PORT === undefined ? undefined : Number(METRICS_PORT),
  };
}

/** Narrows what validation has already made sure of. */
function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a setting was read before it was checked');
  return value;
}
