// The network: a service of the machine on loopback, and a route to the address where clouds keep a machine's secrets.
// No packet leaves the machine: a route is asked for by connecting a datagram socket, which sends nothing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { assertHeld, run, shows, withstands } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const caller = attack(`
int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  struct sockaddr_in6 mapped = {.sin6_family = AF_INET6, .sin6_port = htons(atoi(argv[2]))};
  char text[64];
  inet_pton(AF_INET, argv[1], &address.sin_addr);
  snprintf(text, sizeof text, "::ffff:%s", argv[1]);
  inet_pton(AF_INET6, text, &mapped.sin6_addr);
  if (connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address) == 0) escaped("connected");
  else held("connect");
  if (connect(socket(AF_INET6, SOCK_STREAM, 0), (struct sockaddr *)&mapped, sizeof mapped) == 0) escaped("connected by IPv6");
  else held("connect by IPv6");
  return 0;
}`);
const router = attack(`
static const char *target;
static bool route(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
  inet_pton(AF_INET, target, &address.sin_addr);
  if (connect(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&address, sizeof address) == 0) return true;
  if (errno == ENETUNREACH) errno = ENODEV; // as on a machine without a network
  return false;
}
int main(int argc, char **argv) {
  target = argv[1];
  attempt("have a route", route);
  return 0;
}`);
const listener = attack(`
static bool up(void) {
  struct { char name[16]; short flags; char rest[64]; } request = {.name = "lo", .flags = 1 /* IFF_UP */};
  return ioctl(socket(AF_INET, SOCK_DGRAM, 0), 0x8914 /* SIOCSIFFLAGS */, &request) == 0;
}
static bool raw(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0; }
int main(void) {
  attempt("raise the loopback interface", up);
  attempt("open a raw socket", raw);
  return 0;
}`);
const weak = without('PRIVATE_NETWORK', 'SECCOMP');
// Each is enough: a namespace without a network, and a filter that refuses sockets of the internet.
const layers = [without('PRIVATE_NETWORK'), without('SECCOMP')];

test('a service on loopback is out of reach', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const args = ['127.0.0.1', String((server.address() as AddressInfo).port)];
    for (const stage of [SERVING, ...layers]) assertHeld(await run(stage, caller, { args }));
    const { escaped, held } = await run(weak, caller, { args });
    // EBADF: a kernel without IPv6 makes no such socket.
    if (held.length > 0) assert.deepEqual([escaped, held], [['connected'], ['connect by IPv6: EBADF']]);
    else assert.deepEqual(escaped, ['connected', 'connected by IPv6']);
  } finally {
    server.close();
  }
});

test('no route leads to 169.254.169.254', shows(router, weak, { args: ['169.254.169.254'] }));
test('no route leads to the internet', shows(router, weak, { args: ['192.0.2.1'] }));

test('nor does one without the filter', withstands(router, [without('SECCOMP')], { args: ['192.0.2.1'] }));

test('a program raises no interface of its box', shows(listener, without('USER', 'SECCOMP')));
test('nor does it without the filter', withstands(listener, [without('SECCOMP')]));
