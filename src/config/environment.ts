import { IsOptional } from 'class-validator';
import { SecretSetting } from './secret-rule.js';
import {
  BreachListSetting,
  DatabaseUrlSetting,
  DurationSetting,
  HttpUrl,
  ListOf,
  isListenAddress,
  MailSender,
  NotBlank,
  OneOf,
  OriginList,
  OtherThanIssuer,
  OtherThanPort,
  PostgresUrlSetting,
  ProxyList,
  RateLimitsSetting,
  RedisUrlSetting,
  ServiceTokenList,
  ServiceTokenSetting,
  SmtpUrl,
  TextThat,
  WholeNumber,
} from './setting-rules.js';

/** The secret that `.env.example` shows. It is public, so it is refused. */
export const PLACEHOLDER_SECRET = 'replace-me-with-at-least-32-random-bytes';

export const jwtAlgorithms = ['ES256', 'RS256', 'PS256', 'HS256'] as const;
export const profileClaims = ['username', 'roles', 'email'] as const;
export const tokenTypes = ['access', 'refresh'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/**
 * The environment as text, with the default of every setting. This is the one list of settings:
 * `.env.example` and the README's table are compared with it by a test.
 */
export class Environment {
  @IsOptional()
  @OneOf(['development', 'test', 'production'])
  NODE_ENV?: string = undefined;

  @TextThat('must be a host name or an address to listen on', isListenAddress)
  HOST = '127.0.0.1';

  @WholeNumber(0, 65_535)
  PORT = '3000';

  @IsOptional()
  @TextThat('must be a path such as api or auth/v1', (text) => /^\/?[\w.~-]+(\/[\w.~-]+)*\/?$/.test(text))
  API_PREFIX?: string = undefined;

  @DatabaseUrlSetting()
  DATABASE_URL = 'sqlite:./data/gatehouse.sqlite';

  @WholeNumber(1, 1000)
  DATABASE_POOL = '10';

  @IsOptional()
  @PostgresUrlSetting()
  MOVE_DATABASE_TO?: string = undefined;

  @IsOptional()
  @RedisUrlSetting()
  REDIS_URL?: string = undefined;

  @OneOf(jwtAlgorithms)
  JWT_ALGORITHM = 'ES256';

  @SecretSetting(PLACEHOLDER_SECRET)
  JWT_SECRET?: string = undefined;

  @NotBlank('the path of a file')
  JWT_KEYS_FILE = './data/keys.json';

  @NotBlank('a text or URL that names this service')
  JWT_ISSUER = 'http://localhost:3000';

  @NotBlank('a text or URL that names the services the tokens are for')
  @OtherThanIssuer()
  JWT_AUDIENCE = 'gatehouse';

  @DurationSetting({ atLeast: 1 })
  ACCESS_TOKEN_TTL = '15m';

  @DurationSetting({ atLeast: 1 })
  REFRESH_TOKEN_TTL = '30d';

  @DurationSetting({ atLeast: 0 })
  FRESH_TTL = '5m';

  @WholeNumber(1, 10_000)
  MAX_SESSIONS = '100';

  @DurationSetting({ atLeast: 0 })
  REFRESH_REUSE_LEEWAY = '10s';

  @DurationSetting({ atLeast: 0 })
  REFRESH_RETRY_WINDOW = '1h';

  @ListOf(profileClaims)
  ACCESS_TOKEN_CLAIMS = 'username,roles';

  @ListOf(tokenTypes)
  DENYLIST_TOKEN_CHECKS = 'access,refresh';

  @WholeNumber(8, 4_194_304)
  PASSWORD_HASH_MEMORY_KIB = '19456';

  @WholeNumber(1, 100)
  PASSWORD_HASH_PASSES = '2';

  @WholeNumber(1, 64)
  PASSWORD_HASH_LANES = '1';

  @WholeNumber(0, 100_000)
  PASSWORD_HASH_QUEUE = '256';

  @IsOptional()
  @WholeNumber(1, 1024)
  PASSWORD_HASH_THREADS?: string = undefined;

  @IsOptional()
  @BreachListSetting()
  BREACHED_PASSWORDS?: string = undefined;

  @RateLimitsSetting()
  THROTTLE_DEFAULT = '300 per minute';

  @RateLimitsSetting()
  THROTTLE_LOGIN = '5 per minute';

  @IsOptional()
  @SmtpUrl()
  SMTP_URL?: string = undefined;

  @IsOptional()
  @MailSender()
  MAIL_FROM?: string = undefined;

  @NotBlank('the path of a folder')
  MAIL_OUTBOX = './data/outbox';

  @IsOptional()
  @HttpUrl()
  PUBLIC_URL?: string = undefined;

  @DurationSetting({ atLeast: 1 })
  ONE_TIME_TOKEN_TTL = '30m';

  @IsOptional()
  @ProxyList()
  TRUST_PROXY?: string = undefined;

  @IsOptional()
  @OriginList()
  CORS_ORIGINS?: string = undefined;

  @OneOf(['true', 'false'])
  STRICT_CLUSTER = 'false';

  @DurationSetting({ atLeast: 0 })
  SHUTDOWN_DELAY = '0';

  @OneOf(['on', 'off'])
  ACCOUNT_PAGE = 'on';

  @IsOptional()
  @ServiceTokenList()
  REVOCATIONS_TOKEN?: string = undefined;

  @IsOptional()
  @ServiceTokenSetting()
  METRICS_TOKEN?: string = undefined;

  @TextThat('must be a host name or an address to listen on', isListenAddress)
  METRICS_HOST = '127.0.0.1';

  @IsOptional()
  @WholeNumber(1, 65_535)
  @OtherThanPort()
  METRICS_PORT?: string = undefined;

  @OneOf(logLevels)
  LOG_LEVEL = 'info';
}

export type SettingName = keyof Environment;

/** Every setting there is, in the order of the contract. */
export const settingNames = Object.keys(new Environment()) as SettingName[];
