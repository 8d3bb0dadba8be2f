// Abstract Unix sockets: names outside of every file system, shared by all in one network namespace. One box could talk
// to another, and to services of the machine.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { assertHeld, run } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const talker = attack(`
int main(int argc, char **argv) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "%s", argv[2]);
  socklen_t length = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(argv[2]);
  int file = socket(AF_UNIX, SOCK_STREAM, 0);
  if (strcmp(argv[1], "listen") == 0) {
    if (bind(file, (struct sockaddr *)&name, length) < 0 || listen(file, 1) < 0) return 2;
    struct timeval patience = {.tv_sec = atoi(argv[3])};
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (accept(file, NULL, NULL) >= 0) escaped("another box called"); else held("be called");
    return 0;
  }
  for (int i = 0; i < atoi(argv[3]) * 100; i++, usleep(10000))
    if (connect(file, (struct sockaddr *)&name, length) == 0) {
      escaped("connected");
      return 0;
    }
  held("connect");
  return 0;
}`);
const weak = without('PRIVATE_NETWORK');

async function talk(stage: Stage, name: string) {
  const attempt = { slots: 2 };
  return Promise.all([
    run(stage, talker, { ...attempt, args: ['listen', name, '1'] }),
    run(stage, talker, { ...attempt, args: ['call', name, '1'] }),
  ]);
}

test('two boxes do not find each other’s abstract sockets', async () => {
  const name = `escapes-${crypto.randomUUID()}`;
  for (const ending of await talk(SERVING, name)) assertHeld(ending);
  for (const ending of await talk(weak, name)) assert.equal(ending.escaped.length, 1);
});

test('a box does not find the abstract sockets of the machine', async () => {
  const name = `escapes-${crypto.randomUUID()}`;
  const server = createServer((socket) => socket.end()).listen(`\0${name}`);
  await once(server, 'listening');
  try {
    const attempt = { slots: 2, args: ['call', name, '1'] };
    assertHeld(await run(SERVING, talker, attempt));
    assert.deepEqual((await run(weak, talker, attempt)).escaped, ['connected']);
  } finally {
    server.close();
  }
});
