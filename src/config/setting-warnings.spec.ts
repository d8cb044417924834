import { readSettings } from './settings.js';

const warnings = (variables: Record<string, string>) => readSettings(variables).warnings.join('\n');
const production = { NODE_ENV: 'production' };
const PUBLIC_URL = 'https://id.example.org';

describe('the warnings of settings', () => {
  it('are none outside production', () => {
    expect(warnings({ SMTP_URL: 'smtp://mail.example.org' })).toBe('');
  });

  it('tell what links begin with where nobody has said it', () => {
    expect(warnings(production)).toContain('links in mails begin with http://localhost:3000');
    expect(warnings({ ...production, PUBLIC_URL })).toBe('');
  });

  it.each([
    ['smtp://user:secret@mail.example.org', true],
    ['smtps://user:secret@mail.example.org', false],
    ['smtp://localhost:25', false],
    ['smtp://[::1]', false],
  ])('tell whether mails may go in clear by %s, and not its secret', (SMTP_URL, told) => {
    const text = warnings({ ...production, PUBLIC_URL, SMTP_URL });
    expect(text.includes('go in clear')).toBe(told);
    expect(text).not.toContain('secret');
  });
});
