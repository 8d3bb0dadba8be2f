// Socket families beside Unix's: rarely used kernel code, the virtual machine's own channel to its host (AF_VSOCK), the
// state of the machine's network (AF_NETLINK), and those of the internet, which keep memory that no limit counts, and
// marks in the network namespace (flow labels of IPv6) that the slot's next box finds.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run, shows } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const opener = attack(`
static bool netlink(void) { return socket(AF_NETLINK, SOCK_RAW, 0) >= 0; }
static bool vsock(void) { return socket(AF_VSOCK, SOCK_STREAM, 0) >= 0; }
static bool crypto(void) { return socket(AF_ALG, SOCK_SEQPACKET, 0) >= 0; }
static bool bluetooth(void) { return socket(AF_BLUETOOTH, SOCK_STREAM, 0) >= 0; }
static bool xdp(void) { return socket(AF_XDP, SOCK_RAW, 0) >= 0 || errno == EPERM; }
static bool packet(void) {
  if (socket(AF_PACKET, SOCK_RAW, 0) >= 0) return true;
  if (errno == EPERM && unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) return socket(AF_PACKET, SOCK_RAW, 0) >= 0;
  return false;
}
static bool by_pair(void) {
  int pair[2];
  return socketpair(AF_NETLINK, SOCK_RAW, 0, pair) == 0 || errno == EOPNOTSUPP; // the family has answered
}
// The kernel looks for a module, and says so when there is none.
static bool raw(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_RAW) >= 0 || errno == EPERM; }
static bool asks_for_dccp(void) { return socket(AF_INET, 6 /* SOCK_DCCP */, 0) >= 0 || errno == ESOCKTNOSUPPORT; }
static bool multipath(void) { return socket(AF_INET, SOCK_STREAM, 262 /* IPPROTO_MPTCP */) >= 0; }
static bool tcp(void) { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }
static bool udp(void) { return socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) >= 0; }
static bool tcp6(void) { return socket(AF_INET6, SOCK_STREAM, 0) >= 0; }
static bool labels(void) {
  struct { struct in6_addr to; uint32_t label; uint8_t action, share; uint16_t flags, expires, linger; uint32_t pad; } label = {
    .to.s6_addr = {[15] = 1}, .label = htonl(0x54321), .action = 0 /* get */, .share = 255, .flags = 1 /* make */, .linger = 6};
  return setsockopt(socket(AF_INET6, SOCK_DGRAM, 0), IPPROTO_IPV6, 32 /* IPV6_FLOWLABEL_MGR */, &label, sizeof label) == 0 ||
         errno == EINVAL;
}
static bool honest(void) {
  int pair[2];
  const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  for (int i = 0; i < 3; i++)
    if (socketpair(AF_UNIX, types[i] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0 || socket(AF_UNIX, types[i], 1) < 0) return false;
  return true;
}
int main(void) {
  attempt("AF_NETLINK", netlink);
  attempt("AF_VSOCK", vsock);
  attempt("AF_ALG", crypto);
  attempt("AF_BLUETOOTH", bluetooth);
  attempt("AF_XDP", xdp);
  attempt("AF_PACKET", packet);
  attempt("AF_NETLINK by socketpair", by_pair);
  attempt("DCCP", asks_for_dccp);
  attempt("MPTCP", multipath);
  attempt("raw sockets", raw);
  attempt("TCP", tcp);
  attempt("UDP", udp);
  attempt("TCP over IPv6", tcp6);
  attempt("flow labels of IPv6", labels);
  if (!honest()) puts("an honest socket is refused");
  return 0;
}`);

test('a program opens Unix sockets only', shows(opener, without('SECCOMP')));
test('and those it opens as ever', async () => {
  assert.doesNotMatch((await run(SERVING, opener)).stdout, /honest/);
});
