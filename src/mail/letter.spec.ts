import { asHtml, asText, type Letter } from './letter.js';

const letter: Letter = {
  to: 'ada@example.org',
  subject: 'Fish & <chips>',
  paragraphs: ['Hello "ada".', new URL('https://example.org/account?a=1&b=2#token=x')],
};

describe('a letter', () => {
  it('is plain text, a paragraph after another, with its link whole', () => {
    expect(asText(letter)).toBe('Hello "ada".\n\nhttps://example.org/account?a=1&b=2#token=x\n');
  });

  it('is HTML in which no text can become markup', () => {
    const html = asHtml(letter);
    expect(html).toContain('<title>Fish &amp; &lt;chips&gt;</title>');
    expect(html).toContain('<p>Hello &quot;ada&quot;.</p>');
    expect(html).toContain('<a href="https://example.org/account?a=1&amp;b=2#token=x">');
  });
});
