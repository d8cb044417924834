/** One setting that cannot be used, and why. The value is never told: it may be a secret. */
export interface SettingFault {
  readonly name: string;
  readonly rule: string;
}

/** Thrown at start with every fault at once, so that one edit mends them all. */
export class SettingsError extends Error {
  constructor(
    readonly faults: readonly SettingFault[],
    remedy = 'Correct them in the environment or in .env; .env.example shows them all.',
  ) {
    super(
      [
        'Gatehouse cannot start with these settings:',
        ...faults.map(({ name, rule }) => `  ${name} ${rule}`),
        remedy,
      ].join('\n'),
    );
    this.name = 'SettingsError';
  }
}
