// The HTML around a page, and the policy that goes with it: scripts, styles and requests of this service alone.

import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { PageFiles } from './built-files.ts';
import { type Html, html } from './html.ts';

const NONCE_BYTES = 16;

/** CodeMirror, the terminal and charts add `<style>` elements; they get the nonce from the page's script element. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

interface Page {
  readonly title: string;
  readonly description: string;
  readonly files: PageFiles;
  readonly body: Html;
}

/** Answers with a page. Browsers ask for it anew each time, so that it always names the files that are there. */
export function sendPage(reply: FastifyReply, { title, description, files, body }: Page): FastifyReply {
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${files.style === null ? '' : html`<link rel="stylesheet" href="/assets/${files.style}">`}
${files.imports.map((name) => html`<link rel="modulepreload" href="/assets/${name}">`)}
<script type="module" src="/assets/${files.script}" nonce="${nonce}"></script>
</head>
<body>
${body}
</body>
</html>
`;
  return reply
    .headers({ 'content-security-policy': policyWith(nonce), 'cache-control': 'no-cache' })
    .type('text/html; charset=utf-8')
    .send(page.text);
}
