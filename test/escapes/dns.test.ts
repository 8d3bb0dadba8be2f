// Names as messengers: a program that can reach a resolver can send the world anything. The resolver is the test’s own.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { assertHeld, DRIVER, run } from './attack.ts';
import { attack, SERVING, without } from './stage.ts';

const asker = attack(`
int main(int argc, char **argv) {
  static const char question[] = "\\x12\\x34\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\6secret\\7example\\0\\0\\1\\0\\1";
  struct sockaddr_in resolver = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  resolver.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (sendto(socket(AF_INET, SOCK_DGRAM, 0), question, sizeof question - 1, 0, (struct sockaddr *)&resolver,
             sizeof resolver) > 0) escaped("asked the resolver");
  else held("ask the resolver");
  char text[64];
  int known = open("/etc/resolv.conf", O_RDONLY);
  if (known >= 0 && read(known, text, sizeof text) > 0) escaped("knows a resolver");
  return 0;
}`);

const weak = without('PRIVATE_NETWORK', 'SECCOMP');
const filtered = without('PRIVATE_NETWORK');

test('no question reaches a resolver', async () => {
  const resolver = createSocket('udp4');
  const questions: string[] = [];
  resolver.on('message', (message) => questions.push(message.toString('latin1')));
  resolver.bind(0, '127.0.0.1');
  await once(resolver, 'listening');
  try {
    const args = [String(resolver.address().port)];
    for (const stage of [SERVING, filtered]) {
      const ending = await run(stage, asker, { args });
      if (DRIVER === 'native') assertHeld(ending); // an engine writes a resolver's address into each container
    }
    assert.deepEqual(questions, []);
    const asked = once(resolver, 'message');
    assert.equal((await run(weak, asker, { args })).escaped[0], 'asked the resolver');
    await asked;
    assert.match(questions[0] ?? '', /secret/);
  } finally {
    resolver.close();
  }
});
