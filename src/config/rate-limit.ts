const secondsPerUnit = { second: 1, minute: 60, hour: 3600, day: 86_400 } as const;
const LIMIT = /^(\d{1,7})\s*(?:per\s+|\/\s*)(\d{1,5}\s+)?(second|minute|hour|day)s?$/i;

/** At most `limit` requests in any `seconds`. */
export interface RateLimit {
  readonly limit: number;
  readonly seconds: number;
}

/**
 * Reads one or several limits: `5 per minute`, `200 per day;50 per hour`, `100 per 15 minutes`.
 * @returns undefined where the text is no list of limits.
 */
export function parseRateLimits(text: string): RateLimit[] | undefined {
  const limits = text.split(';').map(parseRateLimit);
  return limits.every((limit) => limit !== undefined) ? limits : undefined;
}

function parseRateLimit(text: string): RateLimit | undefined {
  const [, limit, multiple, unit] = LIMIT.exec(text.trim()) ?? [];
  if (limit === undefined || unit === undefined) return undefined;
  const seconds = Number(multiple ?? 1) * secondsPerUnit[unit.toLowerCase() as keyof typeof secondsPerUnit];
  return Number(limit) > 0 && seconds > 0 ? { limit: Number(limit), seconds } : undefined;
}
