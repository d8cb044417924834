const factor = Number(process.env['TEST_ROUNDS'] ?? 1);

/**
 * How many rounds a random test runs: a few with `npm test`, `TEST_ROUNDS` times as many where that is set. The endurance
 * tier sets it to 8.
 */
export function rounds(withNpmTest: number): number {
  return Math.ceil(withNpmTest * factor);
}
