// The catalog from its start to its settling: what is offered, what is missing, and why.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type CatalogParts, createToolchainCatalog } from './catalog.ts';
import { demoLanguage, demoPart } from './demo-language-fixture.ts';

let dataDirectory: string;
beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'catalog-'));
});
afterEach(() => rm(dataDirectory, { recursive: true }));

function create(changes: Partial<CatalogParts> & Pick<CatalogParts, 'languages'>) {
  return createToolchainCatalog({
    dataDirectory,
    mode: 'host',
    log: () => {},
    prove: async () => {},
    ...changes,
  });
}

test('a language is installing, then ready, and at once ready at the next start', async () => {
  const languages = [demoLanguage('a', demoPart('part', 'sleep 0.2', true))];
  const first = await create({ languages });
  assert.equal(first.status('a'), 'installing');
  assert.deepEqual(first.of('a'), []);
  await first.settled();
  assert.equal(first.status('a'), 'ready');
  assert.equal(first.problem('a'), null);
  assert.equal(first.of('a')[0]?.source, 'host');
  await first.close();
  const second = await create({ languages });
  assert.equal(second.status('a'), 'ready');
  assert.equal(second.of('a')[0]?.root.fingerprint, first.of('a')[0]?.root.fingerprint);
  await second.close();
});

test('a language that this machine lacks is missing, with the reason', async () => {
  const language = demoLanguage('a');
  const tools = [
    { ...language.tools[0], name: 'cobol', hostNames: ['cobol-2000'] } as (typeof language.tools)[number],
  ];
  const catalog = await create({ languages: [{ ...language, tools }] });
  await catalog.settled();
  assert.equal(catalog.status('a'), 'missing');
  assert.equal(catalog.problem('a'), 'no cobol-2000 on this machine');
  await catalog.close();
});

test('a language that does not work here is missing, with what it did', async () => {
  const prove = () => Promise.reject(new Error('a fails its example hello'));
  const catalog = await create({ languages: [demoLanguage('a')], prove });
  await catalog.settled();
  assert.equal(catalog.status('a'), 'missing');
  assert.equal(catalog.problem('a'), 'a fails its example hello');
  await catalog.close();
});

test('closing stops what is being installed', { timeout: 120_000 }, async () => {
  const catalog = await create({ languages: [demoLanguage('a', demoPart('part', 'sleep 600', true))] });
  // The installation alone would take longer than the test may.
  await catalog.close();
  assert.equal(catalog.status('a'), 'missing');
});

test('what was known is found out again when its file is damaged', async () => {
  const languages = [demoLanguage('a')];
  const first = await create({ languages });
  await first.settled();
  await first.close();
  const file = join(dataDirectory, 'toolchains/knowledge.json');
  assert.match(await readFile(file, 'utf8'), /"proofs":\["/);
  await writeFile(file, '{"versions":{"');
  const second = await create({ languages });
  await second.settled();
  assert.equal(second.status('a'), 'ready');
  await second.close();
});

test('a directory of toolchains that is a link is used by its real path, as the kernel lists mounts', async () => {
  await mkdir(join(dataDirectory, 'elsewhere'));
  await symlink('elsewhere', join(dataDirectory, 'toolchains'));
  const catalog = await create({ languages: [demoLanguage('a', demoPart('part', 'true', true))] });
  await catalog.settled();
  const root = catalog.of('a')[0]?.root;
  const mounts = root && 'mounts' in root ? root.mounts.map(({ source }) => source) : [];
  const parts = mounts.filter((source) => source.startsWith(dataDirectory));
  assert.ok(parts.length > 0, mounts.join());
  for (const part of parts) assert.equal(part, await realpath(part));
  await catalog.close();
});

test('an unknown language is missing', async () => {
  const catalog = await create({ languages: [] });
  await catalog.settled();
  assert.equal(catalog.status('constructor'), 'missing');
  assert.deepEqual(catalog.of('constructor'), []);
  await catalog.close();
});

test('a bundled compiler that cannot be copied takes away its language and no other', async () => {
  const bundled = { name: 'typescript', packages: ['typescript'], path: 'bin/tsc' };
  const languages = [
    demoLanguage('a'),
    { ...demoLanguage('b'), tools: [...demoLanguage('b').tools, bundled] },
  ];
  await mkdir(join(dataDirectory, 'toolchains'));
  await writeFile(join(dataDirectory, 'toolchains/bundled'), 'not a directory');
  const catalog = await create({ languages });
  await catalog.settled();
  assert.equal(catalog.status('a'), 'ready');
  assert.equal(catalog.status('b'), 'missing');
  assert.match(catalog.problem('b') ?? '', /^typescript cannot be copied to DATA_DIR: E/);
  await catalog.close();
});

test('what cannot be written down is no reason to stop', async () => {
  await mkdir(join(dataDirectory, 'toolchains/knowledge.json/in-the-way'), { recursive: true });
  const catalog = await create({ languages: [demoLanguage('a')] });
  await catalog.settled();
  assert.equal(catalog.status('a'), 'ready');
  await catalog.close();
});

test('a language that this machine lacks is a warning when nothing else may serve it', async () => {
  const lacking = {
    ...demoLanguage('a'),
    tools: demoLanguage('a').tools.map((tool) => ({ ...tool, hostNames: ['no-such'] })),
  };
  const lines: string[] = [];
  const log: CatalogParts['log'] = (message, _details, level = 'info') => lines.push(`${level} ${message}`);
  const catalog = await create({
    languages: [lacking as typeof lacking & ReturnType<typeof demoLanguage>],
    log,
  });
  await catalog.settled();
  assert.deepEqual(lines, ['warn This machine lacks a language: no no-such on this machine']);
  await catalog.close();
});
