// Makes the guide of docs/*.md and SECURITY.md: each page as HTML with anchors, its place in the navigation, and its
// parts for the search. The service only puts them into its own page.

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Marked, type Token, type Tokens } from 'marked';

export interface GuidePage {
  readonly slug: string;
  readonly title: string;
  readonly section: string;
  readonly html: string;
  readonly markdown: string;
  readonly headings: readonly { readonly id: string; readonly text: string }[];
}

/** A part of a page, as the search finds it. */
export interface SearchEntry {
  readonly url: string;
  readonly page: string;
  readonly title: string;
  readonly text: string;
}

export interface Guide {
  readonly pages: readonly GuidePage[];
  readonly search: readonly SearchEntry[];
}

/** The order of the navigation. What is not named here comes last; a name without a file is left out. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  Start: ['quick-start', 'tutorial', 'concepts', 'playground'],
  Do: ['cookbook', 'judging', 'problems', 'executions', 'webhooks', 'interactive', 'agents'],
  'Look up': ['api', 'verdicts', 'limits', 'languages', 'validation', 'settings'],
  'Run it': ['deploy', 'kubernetes', 'operate', 'upgrade', 'scaling', 'runbook', 'tuning', 'troubleshooting'],
  Trust: ['security-model', 'security'],
  Move: ['moving'],
};
const OTHERS = 'More';
/** Languages of which blocks that follow each other are shown as tabs. */
const TABBED: Readonly<Record<string, string>> = {
  sh: 'curl',
  ts: 'TypeScript',
  js: 'JavaScript',
  python: 'Python',
};

/** `pictures` has the address of each picture by its path in docs/. */
export function makeGuide(project: string, pictures: ReadonlyMap<string, string>): Guide {
  const files = new Map(
    [...globSync('docs/*.md', { cwd: project }), 'SECURITY.md'].map((path) => [
      basename(path, '.md').toLowerCase(),
      readFileSync(join(project, path), 'utf8'),
    ]),
  );
  const known = Object.entries(SECTIONS).flatMap(([section, slugs]) =>
    slugs.map((slug) => ({ section, slug })),
  );
  const listed = known.filter(({ slug }) => files.has(slug));
  const rest = [...files.keys()].filter((slug) => !listed.some((page) => page.slug === slug)).sort();
  const order = [...listed, ...rest.map((slug) => ({ section: OTHERS, slug }))];
  const pages = order.map(({ section, slug }) => makePage(slug, section, files.get(slug) ?? '', pictures));
  return { pages, search: pages.flatMap(searchEntries) };
}

function makePage(
  slug: string,
  section: string,
  markdown: string,
  pictures: ReadonlyMap<string, string>,
): GuidePage {
  const headings: { id: string; text: string; depth: number }[] = [];
  const marked = new Marked({ gfm: true });
  const ids = new Set<string>();
  marked.use({
    renderer: {
      html: ({ text }) => (text.startsWith('<!--') ? '' : escapeHtml(text)),
      heading({ tokens, depth }) {
        const text = plainText(tokens);
        const id = uniqueId(text, ids);
        headings.push({ id, text, depth });
        const link = `<a class="anchor" href="#${id}" aria-label="Link to: ${escapeHtml(text)}">#</a>`;
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)} ${link}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = targetOf(href);
        return target === null ? text : `<a href="${escapeHtml(target)}">${text}</a>`;
      },
      image: ({ href, text }) =>
        `<img src="${escapeHtml(pictures.get(href) ?? '')}" alt="${escapeHtml(text)}" loading="lazy">`,
      table(token) {
        return `<div class="table">${tableHtml(token, (tokens) => this.parser.parseInline(tokens))}</div>`;
      },
      code: ({ text, lang }) => codeHtml(text, lang ?? ''),
    },
  });
  const tokens = marked.lexer(markdown);
  const html = groupTabs(tokens)
    .map((group) => (Array.isArray(group) ? tabsHtml(group) : marked.parser([group])))
    .join('');
  const [title] = headings.filter(({ depth }) => depth === 1);
  return {
    slug,
    title: title?.text ?? slug,
    section,
    html,
    markdown,
    headings: headings.filter(({ depth }) => depth === 2).map(({ id, text }) => ({ id, text })),
  };
}

function tableHtml({ header, rows }: Tokens.Table, inline: (tokens: Token[]) => string): string {
  const heads = header.map(({ tokens }) => `<th scope="col">${inline(tokens)}</th>`).join('');
  const body = rows.map(
    (row) => `<tr>${row.map(({ tokens }) => `<td>${inline(tokens)}</td>`).join('')}</tr>`,
  );
  return `<table><thead><tr>${heads}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

function codeHtml(text: string, language: string): string {
  return `<pre class="code-block" data-language="${escapeHtml(language)}" tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
}

/** Blocks of code in several languages that follow each other belong together. */
function groupTabs(tokens: readonly Token[]): (Token | Tokens.Code[])[] {
  const groups: (Token | Tokens.Code[])[] = [];
  for (const token of tokens.filter(({ type }) => type !== 'space')) {
    const last = groups.at(-1);
    const isTabbed = token.type === 'code' && token.lang in TABBED;
    if (isTabbed && Array.isArray(last)) last.push(token as Tokens.Code);
    else groups.push(isTabbed ? [token as Tokens.Code] : token);
  }
  return groups;
}

function tabsHtml(blocks: readonly Tokens.Code[]): string {
  if (blocks.length === 1) return blocks.map(({ text, lang }) => codeHtml(text, lang ?? '')).join('');
  const panels = blocks.map(({ text, lang = '' }) => {
    const name = TABBED[lang] ?? lang;
    return `<div class="code-tab" data-name="${name}"><p class="code-name">${name}</p>${codeHtml(text, lang)}</div>`;
  });
  return `<div class="code-tabs">${panels.join('')}</div>\n`;
}

/** As on GitHub, so that links between the pages work there too. */
function uniqueId(text: string, taken: Set<string>): string {
  const id = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
  let unique = id;
  for (let number = 1; taken.has(unique); number += 1) unique = `${id}-${number}`;
  taken.add(unique);
  return unique;
}

/** `null` for files that only the repository has. */
function targetOf(href: string): string | null {
  if (/^(?:https?:|#)/.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const hash = anchor ? `#${anchor}` : '';
  if (path === '../SECURITY.md') return `/docs/security${hash}`;
  if (/^(?:docs\/)?[\w-]+\.md$/.test(path)) return `/docs/${basename(path, '.md')}${hash}`;
  return path.startsWith('/') ? href : null;
}

function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      'tokens' in token && token.tokens ? plainText(token.tokens) : 'text' in token ? token.text : '',
    )
    .join('');
}

function searchEntries({ slug, title, markdown }: GuidePage): SearchEntry[] {
  const ids = new Set<string>();
  return markdown.split(/^(?=#{1,3} )/m).map((part) => {
    const heading = /^#{1,3} (.*)$/m.exec(part)?.[1]?.replace(/[`*]/g, '') ?? title;
    return {
      url: `/docs/${slug}#${uniqueId(heading, ids)}`,
      page: title,
      title: heading,
      text: part.replace(/^#.*$/m, '').replace(/[`*|]/g, ' ').replace(/\s+/g, ' ').slice(0, 2000),
    };
  });
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
