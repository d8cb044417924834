const secondsPerUnit = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const DURATION = /^(\d{1,9})([smhd]?)$/;

/**
 * Reads a duration such as `15m`, `30d` or plain seconds.
 * @returns whole seconds, or undefined where the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * secondsPerUnit[(unit === '' ? 's' : unit) as keyof typeof secondsPerUnit];
}
