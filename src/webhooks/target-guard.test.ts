// Which URLs and addresses webhooks may be sent to. What a name resolves to is test/webhook-network.test.ts's.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadConfig } from '../settings/config.ts';
import { isPublicAddress } from './public-address.ts';
import { createTargetGuard, targetOf } from './target-guard.ts';

/** Of each kind, with the first and the last address where a range's ends matter. */
const NOT_PUBLIC = {
  'this machine': ['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.255.255', '::', '::1'],
  private: [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.1',
    'fc00::1',
    'fd00::1',
  ],
  'link-local, with metadata of clouds': [
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
  ],
  'metadata elsewhere': ['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd20:ce::254'],
  'carrier-grade NAT': ['100.64.0.0', '100.127.255.255'],
  'multicast and broadcast': ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1', 'ff0e::1'],
  'reserved, benchmarking and documentation': [
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '198.19.255.255',
    '240.0.0.1',
    '192.88.99.1',
    '2001:db8::1',
    '3fff::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '100::1',
    '5f00::1',
    'fec0::1',
  ],
  'IPv4 in IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::7f00:1',
    '::8.8.8.8',
    '::ffff:0:127.0.0.1',
  ],
  'translated and tunnelled': [
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::a00:1',
    '64:ff9b:1:ffff:ffff:ffff:ffff:ffff',
    '2002:7f00:1::',
    '2002:0808:0808::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  ],
};
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '11.22.33.44',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '169.253.1.1',
  '2606:4700::1111',
  '2a00:1450::1',
];

test('only addresses of the public internet are public', () => {
  for (const [kind, addresses] of Object.entries(NOT_PUBLIC))
    for (const address of addresses) assert.equal(isPublicAddress(address), false, `${kind}: ${address}`);
  for (const address of PUBLIC) assert.equal(isPublicAddress(address), true, address);
  for (const odd of ['', '1.2.3', 'example.com', '0x7f.1', '2130706433', '1.2.3.4.5', '1.1.1.1%eth0'])
    assert.equal(isPublicAddress(odd), false, odd);
});

suite('a webhook_url', () => {
  const { reason } = createTargetGuard([]);

  test('may be a name, or a public address, with http or https and a usual port', () => {
    for (const url of [
      'https://example.com/hook?token=a%20b#x',
      'http://example.com',
      'https://EXAMPLE.com:8443/',
      'https://8.8.8.8/x',
      'http://[2606:4700::1111]:8080/',
      'https://xn--bcher-kva.example/',
      'https://a_b.example/',
      'http://134744072/',
    ])
      assert.equal(reason(url), null, url);
  });

  test('names no address that is not public, however it is written', () => {
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      '127.0.1',
      '127.0.0.1.',
      '0',
      '0.0.0.0',
      '017700000001',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[64:ff9b:1::10.0.0.1]',
      '[2002:7f00:1::]',
      '[fd00::1]',
      '[fe80::1]',
      '169.254.169.254',
      '2852039166',
      '0xa9fea9fe',
      '100.64.0.1',
      '224.0.0.1',
      '%31%32%37.0.0.1',
      '10.0.0.1',
      '168.63.129.16',
    ])
      assert.match(reason(`http://${host}/x`) ?? '', /an address that is not public$/, host);
    for (const host of ['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', '%6cocalhost'])
      assert.match(reason(`http://${host}/`) ?? '', /localhost.*not public$/, host);
  });

  test('is refused with a reason that says what is wrong', () => {
    const reasons: readonly (readonly [string, RegExp])[] = [
      ['ftp://example.com/', /must begin with https:\/\/ or http:\/\/, got "ftp:"/],
      ['file:///etc/passwd', /got "file:"/],
      ['javascript:alert(1)', /got "javascript:"/],
      ['gopher://example.com:70/_x', /got "gopher:"/],
      ['example.com/hook', /must be a URL/],
      ['', /must be a URL/],
      ['https://', /must be a URL/],
      ['https://user:secret@example.com/', /must not have a user name or password/],
      ['https://user@example.com/', /must not have a user name/],
      ['https://@example.com/', /must not have a user name/],
      ['https:///@example.com/', /must not have a user name/],
      ['https://127.0.0.1:80@example.com/', /must not have a user name/],
      ['https://[fe80::1%25eth0]/', /must be a URL/],
      ['https://256.1.1.1/', /must be a URL/],
      ['https://example.com:99999/', /must be a URL/],
      ['https://example.com/\r\nX-Injected: 1', /printable ASCII/],
      ['https://exam\nple.com/', /printable ASCII/],
      ['https://exam\tple.com/', /printable ASCII/],
      ['https://example.com/a b', /printable ASCII/],
      ['http://１２７.0.0.1/', /printable ASCII/],
      ['https://example.com/\0', /printable ASCII/],
      [`https://example.com/${'a'.repeat(2048)}`, /at most 2048 characters, got 2068/],
    ];
    for (const [url, expected] of reasons)
      assert.match(reason(url) ?? 'accepted', expected, JSON.stringify(url));
  });

  test('has a port on which receivers of webhooks listen', () => {
    for (const port of [22, 25, 6379, 2375, 5432, 11_211])
      assert.match(reason(`http://8.8.8.8:${port}/`) ?? '', /port \d+, to which webhooks are not sent/);
  });
});

suite('WEBHOOK_ALLOW', () => {
  const permits = (allowed: string, url: string, address: string) => {
    const { webhookAllow } = loadConfig({ WEBHOOK_ALLOW: allowed });
    return createTargetGuard(webhookAllow).permits(targetOf(new URL(url)), address);
  };

  test('opens exactly the hosts, networks and ports that it names', () => {
    assert.ok(permits('127.0.0.1', 'http://127.0.0.1:8080/', '127.0.0.1'));
    assert.ok(permits('127.0.0.1', 'http://[::ffff:127.0.0.1]:8080/', '::ffff:127.0.0.1'));
    assert.ok(!permits('127.0.0.1', 'http://127.0.0.2:8080/', '127.0.0.2'));
    assert.ok(!permits('127.0.0.1', 'http://127.0.0.1:6379/', '127.0.0.1'));
    assert.ok(permits('127.0.0.1:6379', 'http://127.0.0.1:6379/', '127.0.0.1'));
    assert.ok(!permits('127.0.0.1:6379', 'http://127.0.0.1:8080/', '127.0.0.1'));
    assert.ok(permits('10.1.0.0/16, [fd00::/8]:8443', 'http://a.example/', '10.1.255.1'));
    assert.ok(!permits('10.1.0.0/16', 'http://a.example/', '10.2.0.1'));
    assert.ok(permits('[fd00::/8]:8443', 'https://a.example:8443/', 'fd12::1'));
    assert.ok(!permits('[fd00::/8]:8443', 'https://a.example/', 'fd12::1'));
    assert.ok(permits('Hooks.Internal', 'http://hooks.internal./', '10.0.0.7'));
    assert.ok(!permits('hooks.internal', 'http://other.hooks.internal/', '10.0.0.7'));
    assert.ok(permits('hooks.internal:22', 'http://hooks.internal:22/', '10.0.0.7'));
    assert.ok(permits('*:25', 'http://a.example:25/', '8.8.8.8'));
    assert.ok(!permits('*:25', 'http://a.example:25/', '10.0.0.1'));
    assert.ok(!permits('*:25', 'http://a.example:26/', '8.8.8.8'));
    assert.ok(permits('::1', 'http://[::1]:3000/', '::1'));
    assert.ok(permits('::ffff:10.0.0.0/104', 'http://a.example/', '10.9.9.9'));
  });

  test('refuses what is no host, network or port, and says which item', () => {
    for (const [wrong, hint] of [
      ['http://localhost', /is a URL: write its host only/],
      ['*', /needs a port/],
      ['10.0.0.0/33', /"10.0.0.0\/33" is none of these/],
      ['localhost:0', /"localhost:0"/],
      ['localhost:65536', /"localhost:65536"/],
      ['127.0.0.1, 1.2.3', /"1.2.3" is none/],
      ['a b', /"a b"/],
    ] as const)
      assert.throws(() => loadConfig({ WEBHOOK_ALLOW: wrong }), hint, wrong);
  });
});
