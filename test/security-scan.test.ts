// `npm run audit` and `npm run sbom`, with npm itself and a registry that answers what a test needs.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PROJECT } from './service.ts';

/** Every version that the service installs of a package, as a registry describes it. */
function packument(name: string) {
  const { packages } = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8'));
  const installed = Object.entries(
    packages as Record<string, { version: string; dependencies?: object }>,
  ).filter(([path]) => path.endsWith(`node_modules/${name}`));
  const versions = installed.map(([, { version, dependencies }]) => [
    version,
    { name, version, dependencies },
  ]);
  return { name, 'dist-tags': { latest: installed[0]?.[1].version }, versions: Object.fromEntries(versions) };
}

/** Runs the audit against a registry that answers its question with this status and body. */
async function audit(t: TestContext, status: number, body: object) {
  const registry = createServer((request, response) => {
    request.resume();
    const isQuestion = request.method === 'POST';
    const answer = isQuestion ? body : packument(decodeURIComponent((request.url ?? '').slice(1)));
    response.writeHead(isQuestion ? status : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  t.after(() => registry.close());
  const { port } = registry.address() as AddressInfo;
  return auditAt(t, `http://127.0.0.1:${port}/`);
}

function auditAt(t: TestContext, address: string) {
  // npm keeps what it knows of an advisory.
  const cache = mkdtempSync(join(tmpdir(), 'npm-cache-'));
  t.after(() => rmSync(cache, { recursive: true }));
  const env = {
    ...process.env,
    npm_config_registry: address,
    npm_config_cache: cache,
    npm_config_fetch_retries: '0',
  };
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, [join(PROJECT, 'scripts/audit.ts')], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

/** As the registry answers for a package of the service. */
function advisory(severity: string) {
  const { dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const range = `<=${dependencies.fastify}`;
  return {
    fastify: [{ id: 1, url: 'https://example.org/1', title: 'A test', severity, vulnerable_versions: range }],
  };
}

test('the audit passes when nothing is known', async (t) => {
  const { code, output } = await audit(t, 200, {});
  assert.equal(code, 0, output);
  assert.match(output, /security audit: 0 vulnerable packages/);
});

test('the audit fails for a vulnerability of high severity and names the package', async (t) => {
  const { code, output } = await audit(t, 200, advisory('high'));
  assert.equal(code, 1, output);
  assert.match(output, /^high: fastify /m);
});

test('the audit reports a vulnerability of moderate severity and passes', async (t) => {
  const { code, output } = await audit(t, 200, advisory('moderate'));
  assert.equal(code, 0, output);
  assert.match(output, /^moderate: fastify /m);
});

test('a registry that does not answer the audit is reported and is no failure', async (t) => {
  const { code, output } = await audit(t, 405, {});
  assert.equal(code, 0, output);
  assert.match(output, /security audit: not done, the registry does not answer: 405/);
});

test('a registry that cannot be reached is reported and is no failure', async (t) => {
  const { code, output } = await auditAt(t, 'http://127.0.0.1:1/');
  assert.equal(code, 0, output);
  assert.match(output, /security audit: not done, the registry does not answer: .*ECONNREFUSED/);
});

test('an npm that fails otherwise is a failure', async (t) => {
  const { code, output } = await auditAt(t, 'no address');
  assert.equal(code, 1, output);
  assert.match(output, /security audit: not done, npm failed/);
});

test('the bill of materials lists what the service needs, in its version, and no tool of its developers', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT, 'scripts/sbom.ts')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const { bomFormat, metadata, components } = JSON.parse(stdout);
  const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  assert.equal(bomFormat, 'CycloneDX');
  assert.equal(metadata.component.name, manifest.name);
  const listed = new Map(components.map(({ name, version }: Record<string, string>) => [name, version]));
  assert.equal(listed.get('fastify'), manifest.dependencies.fastify);
  assert.ok(!listed.has('knip'));
});
