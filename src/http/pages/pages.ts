// The pages for people, as a plugin: the playground, the documentation, and the files that pages load. They need no key; the API that they
// call may.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../../errors.ts';
import { type BuiltFile, createBuiltPages } from './built-files.ts';
import { addDocs } from './docs.ts';
import { html } from './html.ts';
import { sendPage } from './page-html.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';

const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/><path d="M8 10l6 6-6 6M16 23h8" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

const hidden = { config: { open: true }, schema: { hide: true } };

/** Pages that their scripts make. */
const APPLICATIONS = [
  {
    path: '/',
    name: 'playground',
    title: 'Playground',
    description: 'Write a program, run it against tests, see its verdicts.',
  },
  {
    path: '/dashboard',
    name: 'dashboard',
    title: 'Dashboard',
    description: 'Whether the service is well: executions, latency, load and health.',
  },
] as const;

/** What a page shows until its script has run, and without one. */
const WITHOUT_SCRIPT = html`<div id="app"></div>
<noscript><p>This page needs JavaScript. The <a href="/docs">documentation</a> does not, nor does the API.</p></noscript>`;

/** `app.swagger()` is the document that the reference is made from. */
export async function pages(app: FastifyInstance): Promise<void> {
  const built = createBuiltPages();
  addDocs(app, built, () => app.swagger());
  for (const { path, name, title, description } of APPLICATIONS) {
    app.get(path, hidden, async (_request, reply) => {
      const files = (await built()).pages[name];
      if (files === undefined) throw new ServiceError('unavailable', `The page ${name} is not built`);
      return sendPage(reply, {
        title: `${title} · Code Execution Service`,
        description,
        files,
        body: WITHOUT_SCRIPT,
      });
    });
  }
  app.get<{ Params: { name: string } }>('/assets/:name', hidden, async (request, reply) => {
    const file = (await built()).assets.get(request.params.name);
    if (file === undefined) throw new ServiceError('not_found', 'There is no such file');
    return sendFile(request, reply, file);
  });
  app.get('/favicon.svg', hidden, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=86400').type('image/svg+xml').send(FAVICON),
  );
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: BuiltFile): FastifyReply {
  reply.headers({ 'cache-control': FOR_EVER, vary: 'accept-encoding' }).type(file.mediaType);
  const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  return takesGzip && file.compressed
    ? reply.header('content-encoding', 'gzip').send(file.compressed)
    : reply.send(file.content);
}
