// The API's own description, /openapi.json, made from the routes' schemas.

import swagger from '@fastify/swagger';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import { errorAnswers } from './error-answer.ts';

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
        { name: 'problems', description: 'Problems and data of tests that the service keeps.' },
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
      describeOtherwise(openapiObject);
      return withWebSocketsApart(openapiObject);
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
  readonly responses?: object;
}
interface Field {
  description?: string;
  maxLength?: number;
  pattern?: string;
}
interface Document {
  readonly components?: {
    readonly schemas?: Readonly<Record<string, { properties?: Record<string, Field> }>>;
  };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

function operationsOf({ paths = {} }: Document): Operation[] {
  return Object.values(paths).flatMap((operations) => Object.values(operations));
}

/**
 * What the document says otherwise than the schemas that requests are validated by: code that is too long is too large
 * and not badly formed, and a receiver of webhooks is judged as a URL.
 */
function describeOtherwise({ components: { schemas = {} } = {} }: Document): void {
  for (const { properties: { code, webhook_url: receiver } = {} } of Object.values(schemas)) {
    if (receiver) receiver.pattern = '^https?://';
    if (code?.maxLength === undefined) continue;
    code.description = `${code.description} More than ${code.maxLength} characters are a 413.`;
    delete code.maxLength;
  }
}

/** OpenAPI describes requests that are answered; a route that only takes WebSockets is in an extension, in the same form. */
function withWebSocketsApart({ paths = {}, ...document }: Document): object {
  const isWebSocket = ([, operations]: [string, Readonly<Record<string, Operation>>]) =>
    Object.values(operations).some(({ responses = {} }) => '101' in responses);
  const all = Object.entries(paths);
  return {
    ...document,
    paths: Object.fromEntries(all.filter((path) => !isWebSocket(path))),
    'x-websockets': Object.fromEntries(all.filter(isWebSocket)),
  };
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
  app.get('/openapi.json', hidden, async () => app.swagger());
}
