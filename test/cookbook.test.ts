// Runs every example of the documents in PAGES, and the README's first request, against the service: what a document
// shows is what happens.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { pythonWith } from './dialects/python-clients.ts';
import { launch, PROJECT, ready, type Service, stop } from './service.ts';

const run = promisify(execFile);
const DOCUMENTED = 'http://127.0.0.1:3004';
/** Pages of docs/ whose commands are run. Those of a page share a directory, one after the other. */
const PAGES = [
  'cookbook',
  'executions',
  'judging',
  'problems',
  'interactive',
  'quick-start',
  'tutorial',
  'verdicts',
  'limits',
];
/** Pages whose blocks need nothing of each other. */
const INDEPENDENT = ['cookbook'];
const AT_ONCE = 4;
const COMPILER = join(PROJECT, 'node_modules/typescript/bin/tsc');
const COMPILER_OPTIONS = {
  noEmit: true,
  strict: true,
  module: 'esnext',
  moduleResolution: 'bundler',
  target: 'es2024',
  types: ['node'],
  typeRoots: [join(PROJECT, 'node_modules/@types')],
  allowImportingTsExtensions: true,
  paths: { 'code-execution-client': [join(PROJECT, 'clients/typescript/src/client.ts')] },
};
/** Those of the examples. */
const LANGUAGES = ['javascript', 'python', 'cpp'];
const ORIGIN = 'http://localhost:5173';

/** How a block of each kind is run, given its text. */
const RUNNERS: Readonly<Record<string, (text: string) => readonly [string, ...string[]]>> = {
  sh: (text) => ['bash', '-euo', 'pipefail', '-c', text],
  python: (text) => ['python3', '-c', text],
  ts: (text) => [process.execPath, '--input-type=module-typescript', '-e', text],
  js: (text) => [process.execPath, '--input-type=module', '-e', text],
};

interface Example {
  readonly heading: string;
  readonly kind: string;
  readonly text: string;
  readonly printed: string;
}

/** Blocks of code that a block `text` with what each of them prints follows, by the headings they stand under. */
function examplesOf(markdown: string): Example[] {
  return markdown.split(/^## /m).flatMap((section) => {
    const [heading = ''] = section.split('\n', 1);
    const found = section.matchAll(
      /((?:^```(?:sh|python|js|ts)\n[\s\S]*?^```\n\n)+)^```text\n([\s\S]*?)^```/gm,
    );
    return [...found].flatMap(([, blocks = '', printed = '']) =>
      [...blocks.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => {
        return { heading, kind, text, printed };
      }),
    );
  });
}

function read(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}

/** Where programs in TypeScript find the client that they import. */
async function offerClient(directory: string): Promise<void> {
  const place = join(directory, 'node_modules/code-execution-client');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), '{"type": "module", "main": "client.js"}');
  const source = join(PROJECT, 'clients/typescript/src/client.ts');
  await writeFile(join(place, 'client.js'), `export * from ${JSON.stringify(source)};`);
}

suite('the documents', async () => {
  const installed = await pythonWith(join(import.meta.dirname, 'clients/requirements.txt'));
  let service: Service;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'documents-test-'));
    await offerClient(directory);
    const child = launch({
      CORS_ORIGINS: ORIGIN,
      LANGUAGES: LANGUAGES.join(),
    });
    service = await ready(child, LANGUAGES);
  });
  after(async () => {
    await stop(service);
    await rm(directory, { recursive: true, force: true });
  });

  const here = (text: string) => text.replaceAll(DOCUMENTED, service.url);
  const runExample = async ({ kind, text, printed }: Example) => {
    const [program, ...words] = RUNNERS[kind]?.(here(text)) ?? ['false'];
    const needsClient = text.includes('code_execution_client');
    const python = needsClient && 'python' in installed ? installed.python : program;
    const env = { ...process.env, PYTHONPATH: join(PROJECT, 'clients/python') };
    const { stdout } = await run(python, words, { cwd: directory, env });
    assert.equal(stdout.trimEnd(), printed.trimEnd());
  };

  for (const page of PAGES) {
    const text = read(`docs/${page}.md`);
    const examples = examplesOf(text);
    suite(page, { concurrency: INDEPENDENT.includes(page) ? AT_ONCE : 1 }, () => {
      test('shows what each of its blocks prints', () => {
        const blocks = [...text.matchAll(/^```(?!text|ts)\w+$/gm)];
        assert.ok(examples.length > 0);
        assert.equal(examples.filter(({ kind }) => kind !== 'ts').length, blocks.length);
      });
      for (const example of examples) {
        const isMissing = example.text.includes('code_execution_client') && 'missing' in installed;
        const skip = isMissing && installed.missing;
        test(`${example.heading} (${example.kind})`, { skip }, () => runExample(example));
      }
    });
  }

  test('have TypeScript that compiles', async () => {
    const blocks = examplesOf(read('docs/cookbook.md')).filter(({ kind }) => kind === 'ts');
    const files = blocks.map((_, index) => `recipe-${index}.ts`);
    for (const [index, { text }] of blocks.entries())
      await writeFile(join(directory, files[index] ?? ''), text);
    await writeFile(
      join(directory, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files }),
    );
    const { stdout } = await run(process.execPath, [COMPILER, '--project', directory]);
    assert.equal(stdout, '');
  });

  test('have at least twenty recipes in curl, TypeScript and Python', () => {
    const recipes = Map.groupBy(examplesOf(read('docs/cookbook.md')), ({ heading }) => heading);
    const kinds = [...recipes.values()].map((blocks) => blocks.map(({ kind }) => kind).join());
    assert.ok(kinds.filter((each) => each === 'sh,ts,python').length >= 20);
  });

  test('begin with a request that is accepted, in JavaScript, which every machine here runs at once', async () => {
    const [, request = ''] =
      /^```sh\n(curl [\s\S]*?api\/v1\/execute[\s\S]*?)^```/m.exec(read('README.md')) ?? [];
    assert.match(request, /"language": "javascript"/);
    const { stdout } = await run('bash', ['-c', here(request)]);
    const { status, results, summary } = JSON.parse(stdout);
    assert.deepEqual(
      [status, results[0].stdout, results[1].stdout, summary.passed],
      ['accepted', '5\n', null, 2],
    );
  });

  test('are right that a page of an allowed origin may call', async () => {
    const preflight = {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
    };
    const answer = await fetch(`${service.url}/api/v1/execute`, preflight);
    assert.equal(answer.headers.get('access-control-allow-origin'), ORIGIN);
  });
});
