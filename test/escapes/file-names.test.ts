// Names of submitted files that lead elsewhere: above their directory, where other submissions are, or from the root.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BARE_ROOT } from '../../src/sandbox/self-test.ts';
import { assertHeld, commandOf, DRIVER, endingOf, LIMITS, sandboxOf } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const looker = attack(`
int main(int argc, char **argv) {
  if (access("/code/planted", F_OK) == 0) escaped("another submission put a file here");
  else held("plant a file");
  DIR *code = opendir("/code");
  for (struct dirent *entry; (entry = readdir(code));) printf("file: <%s>\\n", entry->d_name);
  return 0;
}`);
const signal = new AbortController().signal;
const file = (path: string) => ({ path, content: Buffer.from('x') });

/** The first submission of a stage is artifact 1; a second one aims at it. */
async function aimAtNeighbour(stage: Stage, path: string) {
  const { sandbox } = await sandboxOf(stage);
  await using victim = await sandbox.open(BARE_ROOT, [looker.file]);
  await using _attacker = await sandbox.open(BARE_ROOT, [file(path)]);
  return endingOf(await victim.run(commandOf(['/code/attack']), new Uint8Array(), LIMITS, signal));
}

const weak = without('NAME_CHECK');

test('a file name leads to no other submission', async () => {
  await assert.rejects(aimAtNeighbour(SERVING, '../1/planted'), /not a plain relative path/);
  if (DRIVER === 'docker') return; // there each submission has a supervisor, and names are judged before it is asked
  assert.equal((await aimAtNeighbour(weak, '../1/planted')).escaped.length, 1);
});

for (const path of ['../x', '/etc/x', 'a/../../x', 'a//x', './x', 'x/', '..', 'nul\0x', ''])
  test(`the file name ${JSON.stringify(path)} is refused, and nobody else notices`, async () => {
    const { sandbox } = await sandboxOf(SERVING);
    await using bystander = await sandbox.open(BARE_ROOT, [looker.file]);
    await assert.rejects(sandbox.open(BARE_ROOT, [file(path)]), { name: 'SandboxError', retryable: false });
    const ending = endingOf(
      await bystander.run(commandOf(['/code/attack']), new Uint8Array(), LIMITS, signal),
    );
    assertHeld(ending);
  });

test('names that only look dangerous are names like others', async () => {
  const { sandbox } = await sandboxOf(SERVING);
  const names = ['-oX', 'with space', '$(reboot)', '..x', 'line\nend'];
  await using workspace = await sandbox.open(BARE_ROOT, [looker.file, ...names.map(file)]);
  const { stdout } = endingOf(
    await workspace.run(commandOf(['/code/attack']), new Uint8Array(), LIMITS, signal),
  );
  for (const name of names) assert.ok(stdout.includes(`file: <${name}>`), stdout);
});
