// The headers of every answer, held against what the common set for browsers would be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import { createTestServer } from './server-fixture.ts';

/** Whether there is TLS, and for which names, is known by the proxy in front alone. */
const NOT_OURS = ['strict-transport-security'];
/** Ours allow less: an API is no page, and nothing frames it. */
const STRICTER = ['content-security-policy', 'x-frame-options'];

test('every answer has each header that Helmet would set, with its value or a stricter one', async (t) => {
  const server = await createTestServer(t);
  await using other = Fastify();
  await other.register(helmet);
  const common = (await other.inject('/nothing')).headers;
  const names = Object.keys(common).filter((name) =>
    /^(x-|origin-|cross-|referrer-|strict-|content-sec)/.test(name),
  );
  assert.ok(names.length >= 10);
  for (const url of ['/nothing', '/%zz', '/docs', '/api/v1/languages']) {
    const { headers } = await server.inject(url);
    for (const name of names.filter((each) => !NOT_OURS.includes(each))) {
      if (STRICTER.includes(name)) assert.ok(headers[name], `${name} of ${url}`);
      else assert.equal(headers[name], common[name], `${name} of ${url}`);
    }
  }
});
