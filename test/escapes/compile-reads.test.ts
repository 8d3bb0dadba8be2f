// Compilers as readers: `.incbin` and `#include` take any file that the compiler can open into what it builds.

import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory, whyNoSuchStage } from './attack.ts';
import { COMPILER_ROOT, compile } from './compiler.ts';
import { SERVING, without } from './stage.ts';

const directory = temporaryDirectory();
const secret = join(directory, 'secret');
writeFileSync(secret, '"the secret of the machine"\n');
chmodSync(directory, 0o755);

/** With the machine's own root gone, the path leads nowhere; it is tried as it is and from above the root. */
const sources = {
  '.incbin': (path: string) =>
    `__asm__(".section .rodata\\n.global text\\ntext: .incbin \\"${path}\\"\\n.byte 0\\n.previous");
     extern const char text[]; int puts(const char *); int main(void) { return puts(text) < 0; }`,
  '#include': (path: string) =>
    `int puts(const char *); const char text[] =\n#include "${path}"\n; int main(void) { return puts(text) < 0; }`,
};

const weak = without('OWN_ROOT');

for (const [way, source] of Object.entries(sources))
  test(`a compiler reads no file of the machine by ${way}`, async (context) => {
    for (const path of [secret, `/..${secret}`, '/etc/shadow', '/proc/1/environ']) {
      const { outcome } = await compile(SERVING, source(path));
      assert.equal(outcome.exitCode, 1, path);
      assert.match(
        Buffer.from(outcome.stderr).toString(),
        /No such file or directory|Permission denied|file not found/,
      );
    }
    const reason = whyNoSuchStage(weak);
    if (reason !== null) return context.diagnostic(reason);
    const read = await compile(weak, source(`/..${secret}`), ['/build/program']);
    assert.match(read.stdout, /the secret of the machine/);
  });

test('a compiler does its work in the same box', async () => {
  const source = 'int puts(const char *); int main(void) { return puts("works") < 0; }';
  const { outcome, stdout } = await compile(SERVING, source, ['/build/program']);
  assert.equal(stdout, 'works\n', Buffer.from(outcome.stderr).toString());
  assert.ok(COMPILER_ROOT.mounts.length > 0);
});
