// The documentation at /docs: the guide as it was built, the reference made from this service's own OpenAPI document,
// and both as text for programs.

import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../../errors.ts';
import type { BuiltPages, Guide, GuidePage } from './built-files.ts';
import { builtHtml, type Html, html } from './html.ts';
import { sendPage } from './page-html.ts';
import { type OpenApiDocument, referenceOf } from './reference.ts';

const hidden = { config: { open: true }, schema: { hide: true } };
const REFERENCE = 'reference';

interface Shown {
  readonly slug: string;
  readonly title: string;
  readonly body: Html;
  readonly headings: GuidePage['headings'];
}

/** `openApi` returns the document of all routes. */
export function addDocs(app: FastifyInstance, built: () => Promise<BuiltPages>, openApi: () => object): void {
  app.get('/docs', hidden, async (_request, reply) => {
    const { guide, pages } = await built();
    return sendPage(reply, pageOf(guide, pages.docs, shownGuide(guide, guide.pages[0]?.slug ?? '')));
  });
  app.get<{ Params: { page: string } }>('/docs/:page', hidden, async (request, reply) => {
    const { guide, pages } = await built();
    const { page } = request.params;
    if (page === 'search.json') return reply.header('cache-control', 'no-cache').send(guide.search);
    if (page.endsWith('.md')) {
      const { markdown } = guideOf(guide, page.slice(0, -'.md'.length));
      return reply.header('cache-control', 'no-cache').type('text/markdown; charset=utf-8').send(markdown);
    }
    const shown = page === REFERENCE ? shownReference(openApi()) : shownGuide(guide, page);
    return sendPage(reply, pageOf(guide, pages.docs, shown));
  });
  app.get('/llms.txt', hidden, async (_request, reply) => {
    const { guide } = await built();
    return reply.header('cache-control', 'no-cache').type('text/plain; charset=utf-8').send(listOf(guide));
  });
}

function guideOf({ pages }: Guide, slug: string): GuidePage {
  const found = pages.find((page) => page.slug === slug);
  if (found === undefined) throw new ServiceError('not_found', 'There is no such page of the documentation');
  return found;
}

function shownGuide(guide: Guide, slug: string): Shown {
  const { title, html: content, headings } = guideOf(guide, slug);
  return { slug, title, body: builtHtml(content), headings };
}

function shownReference(document: object): Shown {
  const { body, headings } = referenceOf(document as OpenApiDocument);
  return { slug: REFERENCE, title: 'API reference', body, headings };
}

function pageOf(guide: Guide, files: BuiltPages['pages'][string] | undefined, shown: Shown) {
  if (files === undefined) throw new ServiceError('unavailable', 'The documentation is not built');
  const entries = entriesOf(guide);
  const at = entries.findIndex(({ slug }) => slug === shown.slug);
  const link = (entry: Entry | undefined, word: string) =>
    entry === undefined ? '' : html`<a href="/docs/${entry.slug}">${word}: ${entry.title}</a>`;
  const body = html`<div class="docs">
<a class="skip" href="#content">Skip to the text</a>
<header class="docs-head"><a class="docs-home" href="/docs">Code Execution Service</a><div id="search"></div><div id="site-links"><a href="/">Playground</a> <a href="/dashboard">Dashboard</a></div></header>
<nav class="docs-nav" aria-label="Documentation"><details open><summary>Contents</summary>${navigation(entries, shown)}</details></nav>
<main id="content" tabindex="-1">${shown.body}
<nav class="docs-turn" aria-label="Previous and next page">${link(entries[at - 1], 'Previous')} ${link(entries[at + 1], 'Next')}</nav></main>
</div>`;
  const description = `${shown.title}: documentation of the Code Execution Service`;
  return { title: `${shown.title} · Code Execution Service`, description, files, body };
}

interface Entry {
  readonly slug: string;
  readonly title: string;
  readonly section: string;
}

function entriesOf({ pages }: Guide): Entry[] {
  const at = Math.max(
    0,
    pages.findIndex(({ section }) => section === 'Look up'),
  );
  const reference = { slug: REFERENCE, title: 'API reference', section: 'Look up' };
  return pages.toSpliced(at, 0, reference as GuidePage);
}

function navigation(entries: readonly Entry[], shown: Shown): Html[] {
  return [...Map.groupBy(entries, ({ section }) => section)].map(
    ([section, own]) =>
      html`<h2>${section}</h2><ul>${own.map(({ slug, title }) => {
        const isCurrent = slug === shown.slug;
        const current = isCurrent ? builtHtml(' aria-current="page"') : '';
        const inner = isCurrent
          ? html`<ul>${shown.headings.map(({ id, text }) => html`<li><a href="#${id}">${text}</a></li>`)}</ul>`
          : '';
        return html`<li><a href="/docs/${slug}"${current}>${title}</a>${inner}</li>`;
      })}</ul>`,
  );
}

function listOf({ pages }: Guide): string {
  const lines = pages.map(({ slug, title }) => `- [${title}](/docs/${slug}.md)`);
  const head = 'Runs untrusted programs: compiles once, runs every test in a sealed box, returns verdicts.';
  return `# Code Execution Service\n\n> ${head}\n\n## Documentation\n\n${lines.join('\n')}\n- [OpenAPI 3.1](/openapi.json)\n`;
}
