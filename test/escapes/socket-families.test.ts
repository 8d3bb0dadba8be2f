// Socket families beside the internet's and Unix's: rarely used kernel code, the virtual machine's own channel to its
// host (AF_VSOCK), and the state of the machine's network (AF_NETLINK).

import { test } from 'node:test';
import { attack, shows, without } from './attack.ts';

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
  return socketpair(AF_TIPC, SOCK_SEQPACKET, 0, pair) == 0;
}
int main(void) {
  attempt("AF_NETLINK", netlink);
  attempt("AF_VSOCK", vsock);
  attempt("AF_ALG", crypto);
  attempt("AF_BLUETOOTH", bluetooth);
  attempt("AF_XDP", xdp);
  attempt("AF_PACKET", packet);
  attempt("AF_TIPC by socketpair", by_pair);
  return 0;
}`);

test('a program opens internet and Unix sockets only', shows(opener, without('SECCOMP')));
