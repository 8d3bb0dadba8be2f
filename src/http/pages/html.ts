// HTML from templates: whatever is put into one is escaped, unless it came from a template itself.

export interface Html {
  readonly text: string;
}

type Part = string | number | Html | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const texts = strings.map(
    (string, index) => string + (index < parts.length ? textOf(parts[index] ?? '') : ''),
  );
  return { text: texts.join('') };
}

/** HTML that was made elsewhere of trusted text: the guide's, when the pages were built. */
export function builtHtml(text: string): Html {
  return { text };
}

/** A text of OpenAPI, in which backquotes mark code. */
export function prose(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

function textOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return isList(part) ? part.map(textOf).join('') : part.text;
}

function isList(part: Html | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
