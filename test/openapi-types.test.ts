// Types made from the OpenAPI document by the generator that most clients in TypeScript use: the README's example and
// other requests compile with them, and wrong ones do not.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { createTestServer } from '../src/http/server-fixture.ts';

const PROJECT = resolve(import.meta.dirname, '..');
const COMPILER = join(PROJECT, 'node_modules/typescript/bin/tsc');

interface Generator {
  default(document: object): Promise<unknown[]>;
  astToString(tree: unknown): string;
}

/** The generator builds its output with an older compiler, whose interface version 7 does not have. */
async function loadGenerator(): Promise<Generator> {
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier === 'typescript' ? 'typescript-with-api' : specifier, context),
  });
  const name = 'openapi-typescript';
  return import(name);
}

async function typesOf(t: TestContext): Promise<string> {
  const server = await createTestServer(t, { environment: { ADMIN_API_KEY: 'KEY-OF-ADMINS' } });
  const document = (await server.inject('/openapi.json')).json() as object;
  const generator = await loadGenerator();
  return generator.astToString(await generator.default(document));
}

/** What the compiler says of a program that uses the types; empty when nothing is wrong. */
function compile(types: string, program: string): string {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'openapi-types-'));
  writeFileSync(join(directory.path, 'api.ts'), types);
  const use = `import type { components, operations } from './api.ts';
type Request = components['schemas']['ExecuteRequest'];
type Result = components['schemas']['ExecutionResult'];
type PullImages = operations['pullImages'];
`;
  writeFileSync(
    join(directory.path, 'use.ts'),
    `${use}${program}\nexport type { PullImages, Request, Result };\n`,
  );
  const options = ['--noEmit', '--strict', '--allowImportingTsExtensions', '--exactOptionalPropertyTypes'];
  const { stdout } = spawnSync(process.execPath, [COMPILER, ...options, 'use.ts'], {
    cwd: directory.path,
    encoding: 'utf8',
  });
  return stdout.trim();
}

/** The first request of the README. */
function readmeRequest(): string {
  const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
  const body = /-d '(\{\s*"language"[\s\S]*?\})'/.exec(readme)?.[1];
  assert.ok(body !== undefined, 'README.md has no request with a body');
  return body;
}

suite('types that openapi-typescript makes', () => {
  test('take what the service takes', async (t) => {
    const program = `
      export const readme: Request = ${readmeRequest()};
      export const code: Request = { language: 'python', code: '1' };
      export const files: Request = { language: 'python', files: [{ path: 'main.py', content: '1' }] };
      export const cases: Request = {
        language: 'python', code: '1', test_cases: [{}, { input: '1', expected_output: '1' }, { weight: 2 }],
        checker: { type: 'float', absolute: 0.1 }, priority: 'high', stop_on_failure: true,
      };
      export const withoutBody: PullImages extends { requestBody?: infer Body } ? Body : never = undefined as never;
      export const nobody: Pick<PullImages, 'requestBody'> = {};
      export const firstOutput = (result: Result): string | null => result.results[0]?.stdout ?? null;
      export const compiler = (result: Result): string => result.compile?.output ?? '';
    `;
    assert.equal(compile(await typesOf(t), program), '');
  });

  test('refuse what the service refuses', async (t) => {
    const types = await typesOf(t);
    const wrong = {
      language: "export const request: Request = { code: '1' };",
      field: "export const request: Request = { language: 'python', code: '1', source: '1' };",
      type: "export const request: Request = { language: 'python', code: '1', time_limit: '1' };",
    };
    for (const [what, program] of Object.entries(wrong))
      assert.match(compile(types, program), /error TS/, what);
  });
});
