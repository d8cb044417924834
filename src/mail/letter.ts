/** What a mail says, whichever way it is sent: a sentence after another, and a link by itself. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly paragraphs: readonly (string | URL)[];
}

export function asText({ paragraphs }: Letter): string {
  return `${paragraphs.map(String).join('\n\n')}\n`;
}

export function asHtml({ subject, paragraphs }: Letter): string {
  const body = paragraphs.map((paragraph) => `<p>${markUp(paragraph)}</p>`).join('\n');
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escape(subject)}</title></head>\n<body>\n${body}\n</body></html>\n`;
}

function markUp(paragraph: string | URL): string {
  const text = escape(String(paragraph));
  return typeof paragraph === 'string' ? text : `<a href="${text}">${text}</a>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
