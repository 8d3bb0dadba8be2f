// Which requests are taken to come from the same client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientIdOf } from './client.ts';
import { digestOf } from './key.ts';

const addresses: [ip: string, client: string][] = [
  ['127.0.0.1', 'address:127.0.0.1'],
  ['::ffff:192.0.2.7', 'address:192.0.2.7'],
  ['::1', 'address:0:0:0:0::/64'],
  ['2001:db8::1', 'address:2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::', 'address:2001:db8:1:2::/64'],
];
for (const [ip, client] of addresses) {
  test(`${ip} is the client ${client}`, () => {
    assert.equal(clientIdOf({ apiKey: null, ip }), client);
  });
}

test('a key is the same client from every address, and with every key of its name', () => {
  const keyFrom = (ip: string, text: string) =>
    clientIdOf({ apiKey: { name: 'course', digest: digestOf(text), scopes: [], expiresAtMs: null }, ip });
  assert.equal(keyFrom('127.0.0.1', 'old'), 'key:course');
  assert.equal(keyFrom('192.0.2.7', 'new'), 'key:course');
});
