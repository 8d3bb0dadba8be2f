// Runs every example of the documents in PAGES, and the README's first request, against the service: what a document
// shows is what happens.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { launch, PROJECT, ready, type Service, stop } from './service.ts';

const run = promisify(execFile);
const DOCUMENTED = 'http://127.0.0.1:3004';
/** Pages of docs/ whose commands are run. Those of a page share a directory, one after the other. */
const PAGES = [
  'cookbook',
  'executions',
  'judging',
  'interactive',
  'quick-start',
  'tutorial',
  'verdicts',
  'limits',
];
const ORIGIN = 'http://localhost:5173';

/** How a block of each kind is run, given its text. */
const RUNNERS: Readonly<Record<string, (text: string) => readonly [string, ...string[]]>> = {
  sh: (text) => ['bash', '-euo', 'pipefail', '-c', text],
  python: (text) => ['python3', '-c', text],
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
    const found = section.matchAll(/((?:^```(?:sh|python|js)\n[\s\S]*?^```\n\n)+)^```text\n([\s\S]*?)^```/gm);
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

suite('the documents', () => {
  let service: Service;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'documents-test-'));
    const child = launch({ DATA_DIR: join(PROJECT, 'data'), CORS_ORIGINS: ORIGIN });
    service = await ready(child, ['javascript', 'python', 'cpp']);
  });
  after(async () => {
    await stop(service);
    await rm(directory, { recursive: true, force: true });
  });

  const here = (text: string) => text.replaceAll(DOCUMENTED, service.url);
  const pages = PAGES.map((name) => read(`docs/${name}.md`));
  const examples = pages.flatMap(examplesOf);

  test('show what each of their blocks prints', () => {
    const blocks = pages.flatMap((page) => [...page.matchAll(/^```(?!text|ts)\w+$/gm)]);
    assert.ok(examples.length >= 10);
    assert.equal(examples.length, blocks.length);
  });

  for (const { heading, kind, text, printed } of examples)
    test(`${heading} (${kind})`, async () => {
      const [program, ...words] = RUNNERS[kind]?.(here(text)) ?? ['false'];
      const { stdout } = await run(program, words, { cwd: directory });
      assert.equal(stdout.trimEnd(), printed.trimEnd());
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
