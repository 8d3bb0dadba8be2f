// The pages as browsers get them: what they may load, what is kept and compressed, and what reads the documentation
// without a script.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, suite, type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createTestServer } from '../server-fixture.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const PAGES = ['/', '/dashboard', '/docs', '/docs/cookbook', '/docs/reference'];

before(() => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], { cwd: PROJECT });
  assert.equal(status, 0, String(stderr));
});

async function get(t: TestContext, url: string, headers: Record<string, string> = {}) {
  const server = await createTestServer(t, { environment: { API_KEYS: 'a-key-of-somebody' } });
  return server.inject({ url, headers });
}

suite('a page', () => {
  for (const path of PAGES)
    test(`${path} may load and call this service alone, and runs no inline script`, async (t) => {
      const { statusCode, headers, body } = await get(t, path);
      assert.equal(statusCode, 200);
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w+/=]+'/);
      assert.match(policy, /connect-src 'self'.*require-trusted-types-for 'script'/);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
      assert.doesNotMatch(body, /<script(?![^>]*\bsrc=)/);
      const loaded = [...body.matchAll(/<(?:script|link)\b[^>]*(?:src|href)="([^"]+)"/g)].map(
        ([, url]) => url,
      );
      assert.ok(loaded.length >= 3);
      for (const url of loaded) assert.match(url ?? '', /^\/(?:assets\/[\w.-]+|favicon\.svg)$/);
      assert.doesNotMatch(body, /\son\w+=|style="/);
    });

  test('has a nonce of its own each time, and is asked for anew', async (t) => {
    const server = await createTestServer(t);
    const [one, other] = [await server.inject('/'), await server.inject('/')];
    const nonce = /nonce="([^"]+)"/.exec(one.body)?.[1] ?? '';
    assert.ok(nonce.length > 20);
    assert.ok(String(one.headers['content-security-policy']).includes(`'nonce-${nonce}'`));
    assert.ok(!other.body.includes(nonce));
    assert.equal(one.headers['cache-control'], 'no-cache');
  });

  test('names files that browsers keep for ever and get compressed', async (t) => {
    const server = await createTestServer(t);
    const url = /src="(\/assets\/[^"]+)"/.exec((await server.inject('/')).body)?.[1] ?? '';
    const plain = await server.inject(url);
    assert.match(String(plain.headers['content-type']), /^text\/javascript/);
    assert.match(String(plain.headers['cache-control']), /immutable/);
    const compressed = await server.inject({ url, headers: { 'accept-encoding': 'gzip, br' } });
    assert.equal(compressed.headers['content-encoding'], 'gzip');
    assert.equal(gunzipSync(compressed.rawPayload).toString(), plain.body);
    assert.equal((await server.inject('/assets/manifest.json')).statusCode, 404);
    assert.equal((await server.inject('/assets/..%2fmanifest.json')).statusCode, 404);
  });
});

suite('the documentation', () => {
  test('can be read without a script: every page is in the navigation, and every link within it leads somewhere', async (t) => {
    const server = await createTestServer(t);
    const linksOf = (body: string) => [...body.matchAll(/href="(\/docs[^"]*)"/g)].map(([, url = '']) => url);
    const seen = new Map<string, string>();
    const queue = ['/docs'];
    for (const url of queue) {
      const [path = ''] = url.split('#');
      if (seen.has(path)) continue;
      const { statusCode, body } = await server.inject(path);
      assert.equal(statusCode, 200, path);
      seen.set(path, body);
      queue.push(...linksOf(body));
    }
    assert.ok(seen.size > 8);
    for (const [path, body] of seen) {
      for (const url of linksOf(body)) {
        const [target = '', anchor] = url.split('#');
        if (anchor) assert.ok(seen.get(target)?.includes(`id="${anchor}"`), `${path} leads to ${url}`);
      }
    }
  });

  test('shows every route and schema of the OpenAPI document', async (t) => {
    const server = await createTestServer(t);
    const document = (await server.inject('/openapi.json')).json();
    const { body } = await server.inject('/docs/reference');
    for (const [path, operations] of Object.entries(document.paths as object)) {
      for (const method of Object.keys(operations))
        assert.ok(body.includes(`data-method="${method.toUpperCase()}" data-path="${path}"`), path);
    }
    for (const name of Object.keys(document.components.schemas))
      assert.ok(body.includes(`id="schema-${name}"`), name);
    assert.match(body, /<code>time_limit<\/code>.*1 to 30\./);
  });

  test('is there for programs too: llms.txt, and each page as Markdown', async (t) => {
    const server = await createTestServer(t);
    const list = (await server.inject('/llms.txt')).body;
    const [, url = ''] = /\((\/docs\/cookbook\.md)\)/.exec(list) ?? [];
    const { headers, body } = await server.inject(url);
    assert.match(String(headers['content-type']), /^text\/markdown/);
    assert.match(body, /^# Cookbook/);
    assert.equal((await server.inject('/docs/nothing')).statusCode, 404);
  });
});
