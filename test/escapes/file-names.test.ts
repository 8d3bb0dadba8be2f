// Names of submitted files that lead elsewhere: above their directory, where other submissions are, or from the root.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFrame, storeFrame } from '../../src/sandbox/frames.ts';
import { startRawSupervisor } from '../../src/sandbox/native/supervisor-fixture.ts';
import { BARE_ROOT } from '../../src/sandbox/self-test.ts';
import { assertHeld, commandOf, endingOf, LIMITS, nativeOnly, sandboxOf } from './attack.ts';
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

/** What a service would store that let each name pass: the supervisor judges names itself. The second aims at the first. */
async function aimAtNeighbour(stage: Stage, path: string) {
  const supervisor = await startRawSupervisor(stage.program);
  try {
    const run = { root: 0, code: 1, build: 0, collect: 0, stdin: new Uint8Array(), limits: LIMITS };
    const stored = [storeFrame(1, 1, [looker.file]), storeFrame(2, 2, [file(path)])];
    const command = commandOf(['/code/attack']);
    supervisor.socket.write(Buffer.concat([...stored, runFrame(3, { ...run, command })]));
    const ran = await supervisor.answer((answer) => answer.type === 'result');
    const refused = supervisor.answers.find((answer) => answer.type === 'failed');
    assert.ok(ran?.type === 'result');
    return { refusal: refused?.message ?? null, escaped: endingOf(ran.answer.outcome).escaped.length };
  } finally {
    supervisor.socket.end();
    await supervisor.ended;
  }
}

const weak = without('NAME_CHECK');
const OWN_SUPERVISORS = 'each submission has a supervisor of its own';

test('a file name leads to no other submission', nativeOnly(OWN_SUPERVISORS), async () => {
  const held = await aimAtNeighbour(SERVING, '../1/planted');
  assert.match(held.refusal ?? '', /not a plain relative path/);
  assert.equal(held.escaped, 0);
  assert.deepEqual(await aimAtNeighbour(weak, '../1/planted'), { refusal: null, escaped: 1 });
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
