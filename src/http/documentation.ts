// The API's own description: /openapi.json, made from the routes' schemas, and /docs, a page that shows it. The page
// and its script come from this service alone, and its content security policy lets it call nothing else.

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyContextConfig, type FastifyInstance } from 'fastify';
import { errorAnswers } from './error-answer.ts';

const SCRIPT_PATH = '/docs/reference.js';

/** Lets the page load its script and the document, and nothing from other hosts. */
const PAGE_POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** Everything in the reference page that would need another host is off. */
const REFERENCE_OPTIONS = {
  url: '/openapi.json',
  cdn: SCRIPT_PATH,
  pageTitle: 'Code Execution Service: API',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
} as const;

const hidden = { config: { open: true }, schema: { hide: true } };

/** Collects the schemas of the routes added afterwards. */
export async function collectDocumentation(
  app: FastifyInstance,
  options: { version: string; needsKey: boolean },
) {
  const withOptionalBody = new Set<unknown>();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Code Execution Service',
        version: options.version,
        description:
          'Runs untrusted programs: compiles once, runs every test in a sealed box, judges the output.',
      },
      servers: [{ url: '/', description: 'This service' }],
      tags: [
        { name: 'execution', description: 'Running programs.' },
        { name: 'languages', description: 'What programs may be written in.' },
        {
          name: 'administration',
          description: 'Installs images of languages, and cleans up; needs an admin key.',
        },
        { name: 'metrics', description: 'What was executed, and with which results.' },
        { name: 'health', description: 'Whether the service works; needs no key.' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
      security: options.needsKey ? securityWith([]) : [],
    },
    transform: ({ schema, url, route }) => {
      if (route.config?.mayBeEmpty) withOptionalBody.add(schema?.operationId);
      return {
        schema: {
          ...schema,
          ...securityOf(route.config, options.needsKey),
          ...answersOf(route.config, schema?.response),
        },
        url,
      };
    },
    transformObject: (document) => {
      const { openapiObject } = document as { openapiObject: Document };
      for (const operation of operationsOf(openapiObject))
        if (withOptionalBody.has(operation.operationId) && operation.requestBody)
          operation.requestBody.required = false;
      return openapiObject as object;
    },
    // Routes of other APIs have no tags.
    hideUntagged: true,
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`),
    },
  });
}

interface Operation {
  readonly operationId?: string;
  readonly requestBody?: { required?: boolean };
}
interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

function operationsOf({ paths = {} }: Document): Operation[] {
  return Object.values(paths).flatMap((operations) => Object.values(operations));
}

/** The keys that a route requires, if they differ from those of the whole document. */
function securityOf({ open, scope }: FastifyContextConfig = {}, needsKey: boolean) {
  if (open) return { security: [] };
  return scope === 'admin' || (scope && needsKey) ? { security: securityWith([scope]) } : {};
}

/** Answers of every route that needs a key: about keys, limits and load. */
function answersOf({ open }: FastifyContextConfig = {}, response: unknown) {
  if (open || typeof response !== 'object') return {};
  return { response: { ...errorAnswers([401, 403, 429, 503]), ...response } };
}

function securityWith(scopes: string[]) {
  return [{ bearer: scopes }, { apiKey: scopes }];
}

export function addDocumentationRoutes(app: FastifyInstance): void {
  let reference: Promise<Reference> | undefined;
  // Loaded on first use: the script is 5 MB, which most processes never need.
  const load = () => {
    reference ??= loadReference();
    return reference;
  };

  app.get('/', hidden, async (_request, reply) => reply.redirect('/docs'));
  app.get('/openapi.json', hidden, async () => app.swagger());
  app.get('/docs', hidden, async (_request, reply) => {
    const { page, policy } = await load();
    return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page);
  });
  app.get(SCRIPT_PATH, hidden, async (request, reply) => {
    const { script, compressedScript, etag } = await load();
    reply.headers({ etag, vary: 'accept-encoding', 'cache-control': 'no-cache' });
    reply.type('text/javascript; charset=utf-8');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    const isCompressed = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    return isCompressed
      ? reply.header('content-encoding', 'gzip').send(compressedScript)
      : reply.send(script);
  });
}

interface Reference {
  readonly page: string;
  readonly policy: string;
  readonly script: string;
  readonly compressedScript: Buffer;
  readonly etag: string;
}

/** The package offers its page and script only as routes, so a separate instance requests them once. */
async function loadReference(): Promise<Reference> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  await using source = Fastify();
  await source.register(scalar, { routePrefix: '/docs', configuration: REFERENCE_OPTIONS });
  const page = (await source.inject('/docs/')).body;
  const script = (await source.inject('/docs/js/scalar.js')).body;
  const scripts = [...page.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text);
  const inlineScripts = scripts.filter((text) => text !== '');
  const hashes = inlineScripts.map((text) => `'sha256-${digest(text)}'`);
  return {
    page,
    policy: [...PAGE_POLICY, `script-src 'self' ${hashes.join(' ')}`].join('; '),
    script,
    compressedScript: await promisify(gzip)(script),
    etag: `"${digest(script)}"`,
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
