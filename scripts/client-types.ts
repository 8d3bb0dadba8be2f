// The types of the TypeScript client, made from the OpenAPI document by the generator that most clients use.

import { registerHooks } from 'node:module';
import { createTestServer } from '../src/http/server-fixture.ts';

interface Generator {
  default(document: object): Promise<unknown[]>;
  astToString(tree: unknown): string;
}

const HEADER = `// Types of the API, generated from the service's OpenAPI document by \`npm run documents\`: do not edit.

`;

/** The generator builds its output with an older compiler, whose interface version 7 does not have. */
async function loadGenerator(): Promise<Generator> {
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier === 'typescript' ? 'typescript-with-api' : specifier, context),
  });
  const name = 'openapi-typescript';
  return import(name);
}

export async function clientTypes(): Promise<string> {
  const opened: (() => Promise<void>)[] = [];
  const server = await createTestServer({ after: (close) => void opened.push(close) });
  try {
    const document = (await server.inject('/openapi.json')).json() as object;
    const generator = await loadGenerator();
    return HEADER + generator.astToString(await generator.default(document));
  } finally {
    for (const close of opened) await close();
  }
}
