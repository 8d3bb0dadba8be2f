// The relay between a build and a mirror: what it answers from the mirror, and that it reaches nothing else.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { openMirrorRelay } from './mirror-relay.ts';

async function withRelay(run: (ask: (url: string, method?: string) => Promise<string>) => Promise<void>) {
  const mirror = createServer((request, response) => {
    if (request.url === '/moved/main/old') response.writeHead(302, { location: '/moved/main/new' }).end();
    else if (request.url?.includes('missing')) response.writeHead(404).end();
    else
      response.writeHead(200, { 'x-mirror': 'secret' }).end(`${request.url} ${request.headers.range ?? ''}`);
  });
  await once(mirror.listen(0, '127.0.0.1'), 'listening');
  const address = mirror.address();
  assert(typeof address === 'object' && address);
  const own = `http://127.0.0.1:${address.port}/moved`;
  const relay = await openMirrorRelay({ main: `${own}/main`, security: `${own}/security` });
  const ask = (url: string, method?: string) => askAt(relay.url, url, method);
  try {
    await run(ask);
  } finally {
    await relay.close();
    mirror.closeAllConnections();
    mirror.close();
  }
}

test("the archives' own names are answered from the mirror, redirections included", async () => {
  await withRelay(async (ask) => {
    assert.match(
      await ask('http://deb.debian.org/debian/dists/x'),
      /200 OK[\s\S]*\/moved\/main\/dists\/x bytes=1-/,
    );
    assert.match(await ask('http://deb.debian.org/debian-security/x'), /200 OK[\s\S]*\/moved\/security\/x/);
    assert.match(await ask('http://deb.debian.org/debian/old'), /200 OK[\s\S]*\/moved\/main\/new/);
    assert.match(await ask('http://deb.debian.org/debian/missing'), /^HTTP\/1.1 404/);
    assert.doesNotMatch(await ask('http://deb.debian.org/debian/x'), /x-mirror/);
  });
});

test('nothing but the mirror can be reached through the relay', async () => {
  await withRelay(async (ask) => {
    for (const url of ['http://mirror.example/debian/x', 'http://deb.debian.org/other', '/debian/x'])
      assert.match(await ask(url), /^HTTP\/1.1 403/, url);
    assert.match(await ask('http://deb.debian.org/debian/x', 'POST'), /^HTTP\/1.1 403/);
    assert.doesNotMatch(await ask('mirror.example:443', 'CONNECT'), /200/);
  });
});

test('a mirror that does not respond is reported as 502', async () => {
  const nobody = 'http://127.0.0.1:1';
  const relay = await openMirrorRelay({ main: `${nobody}/debian`, security: `${nobody}/security` });
  try {
    assert.match(await askAt(relay.url, 'http://deb.debian.org/debian/x'), /^HTTP\/1.1 502/);
  } finally {
    await relay.close();
  }
});

/** One request to a proxy, and all that it answers. */
function askAt(proxy: string, url: string, method = 'GET'): Promise<string> {
  const socket = connect(Number(new URL(proxy).port), '127.0.0.1');
  socket.write(`${method} ${url} HTTP/1.1\r\nhost: x\r\nrange: bytes=1-\r\nconnection: close\r\n\r\n`);
  return text(socket);
}
