// The cases of sessions that every driver passes: live streams, their bounds in both directions, every way to end, and
// terminals.

import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer, text as textOf } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KIB, MIB } from '../units.ts';
import { assertExited, type Contract, eventually, type SessionChanges, text } from './contract-fixture.ts';
import { type BoxOutcome, SandboxError, type Session, type Workspace } from './sandbox.ts';

const TERMINAL = { columns: 80, rows: 24 };
const FOREVER = ['sleep', '3600000'];
/** Two windows, a pipe, and what the streams hold: far less than what is sent. */
const MOST_ON_THE_WAY = 640 * KIB;

/** Resolves when the stream has delivered a text. What came with and before it is returned. */
async function untilText(stream: Readable, wanted: string): Promise<string> {
  let seen = '';
  while (!seen.includes(wanted)) {
    const bytes: Buffer | null = stream.read();
    if (bytes) seen += bytes.toString('latin1');
    else if (stream.readableEnded) assert.fail(`the stream ended without ${JSON.stringify(wanted)}: ${seen}`);
    else await moreOf(stream);
  }
  return seen;
}

function moreOf(stream: Readable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.on('readable', resolve).on('end', resolve);
  return promise.finally(() => stream.off('readable', resolve).off('end', resolve));
}

/** Reads and ignores all output. */
function ignoreOutput({ stdout, stderr }: Session): void {
  stdout.resume();
  stderr.resume();
}

async function within(
  { open, startIn }: Contract,
  args: readonly string[],
  changes: SessionChanges,
  use: (session: Session, workspace: Workspace) => Promise<void>,
): Promise<BoxOutcome> {
  await using workspace = await open();
  const session = await startIn(workspace, args, changes);
  await use(session, workspace);
  return await session.ended;
}

export function sessions(contract: Contract): void {
  const { it, open, startIn, runIn, limits, timeFactor } = contract;

  it('a session echoes each line as it comes, until its input ends', async () => {
    const outcome = await within(contract, ['echo'], {}, async ({ stdin, stdout }) => {
      for (const line of ['one\n', 'two\n', 'ż🐢\n']) {
        stdin.write(line);
        await untilText(stdout, Buffer.from(line).toString('latin1'));
      }
      stdin.end();
      assert.equal((await buffer(stdout)).length, 0);
    });
    assertExited(outcome, 0);
    assert.deepEqual([outcome.stdout.length, outcome.stderr.length], [0, 0], 'the streams delivered it');
  });

  it('a session carries megabytes both ways, byte for byte, in either order of its ends', async () => {
    const input = randomBytes(3_000_000);
    const outcome = await within(contract, ['echo'], {}, async ({ stdin, stdout }) => {
      stdin.end(input);
      assert.ok(input.equals(await buffer(stdout)));
    });
    assertExited(outcome, 0);
  });

  it('stdout and stderr of a session are apart', async () => {
    await within(contract, ['echo-twice'], {}, async ({ stdin, stdout, stderr }) => {
      stdin.end('both');
      assert.deepEqual(await Promise.all([textOf(stdout), textOf(stderr)]), ['both', 'both']);
    });
  });

  it('output that nobody reads stops the program', async () => {
    const outcome = await within(contract, ['count', String(4 * MIB)], {}, async ({ stdout, stderr }) => {
      let last = '';
      stderr.on('data', (bytes) => {
        last = bytes.toString().trimEnd().split('\n').at(-1) ?? '';
      });
      await eventually(async () => last !== '', 'nothing was written', timeFactor);
      let before = '';
      while (last !== before) {
        before = last;
        await sleep(200 * timeFactor);
      }
      assert.ok(Number(last) < MOST_ON_THE_WAY, last);
      assert.equal((await buffer(stdout)).length, 4 * MIB, 'it goes on when it is read');
    });
    assertExited(outcome, 0);
  });

  it('a program that does not read stops its writer', async () => {
    const outcome = await within(contract, FOREVER, {}, async ({ stdin, signal }) => {
      const done = Promise.withResolvers<void>();
      let passed = 0;
      const piece = Buffer.alloc(16 * KIB);
      for (let sent = 0; sent < 4 * MIB; sent += piece.length)
        stdin.write(piece, () => {
          passed += piece.length;
          if (passed === 4 * MIB) done.resolve();
        });
      await sleep(300 * timeFactor);
      assert.ok(passed < MOST_ON_THE_WAY, `${passed}`);
      signal('SIGKILL');
      await done.promise; // what is left is discarded
    });
    assert.equal(outcome.signal, 'SIGKILL');
    assert.equal(outcome.limitReached, null);
  });

  it('a program that closes its streams ends them, and its writer goes on', async () => {
    const outcome = await within(contract, ['close', '300'], {}, async (session) => {
      const { stdin, stdout, stderr } = session;
      let hasEnded = false;
      void session.ended.then(() => {
        hasEnded = true;
      });
      await new Promise((resolve) => stdin.write(Buffer.alloc(MIB), resolve));
      stdout.resume();
      await finished(stdout);
      stderr.resume();
      assert.equal(hasEnded, false, 'stdout ends before the program');
    });
    assertExited(outcome, 6);
  });

  it('output that is destroyed does not stop the program', async () => {
    const outcome = await within(contract, ['stdout', String(2 * MIB)], {}, async ({ stdout }) => {
      stdout.destroy();
    });
    assertExited(outcome, 0);
  });

  it('all output arrives, also of a program that has ended before it is read', async () => {
    await using workspace = await open();
    const session = await startIn(workspace, ['stdout', String(60 * KIB)]);
    assertExited(await session.ended, 0);
    await sleep(20);
    assert.equal((await buffer(session.stdout)).length, 60 * KIB);
  });

  it('a signal reaches the program', async () => {
    const outcome = await within(contract, ['signals'], {}, async ({ stdin, stdout, signal }) => {
      await untilText(stdout, 'ready\n');
      signal('SIGINT');
      await untilText(stdout, 'SIGINT\n');
      signal('SIGUSR1');
      await untilText(stdout, 'SIGUSR1\n');
      stdin.write('line\n');
      await untilText(stdout, 'read line\n');
      signal('SIGTERM');
    });
    assert.deepEqual([outcome.signal, outcome.limitReached], ['SIGTERM', null]);
  });

  it('an aborted session ends', async () => {
    const abort = new AbortController();
    const outcome = await within(contract, FOREVER, { signal: abort.signal }, async (session) => {
      ignoreOutput(session);
      abort.abort();
    });
    assert.deepEqual([outcome.cancelled, outcome.exitCode], [true, null]);
    await using workspace = await open();
    const never = await startIn(workspace, ['echo'], { signal: AbortSignal.abort() });
    assert.equal((await never.ended).cancelled, true);
    assert.equal((await buffer(never.stdout)).length, 0);
  });

  const ends: readonly (readonly [string, string[], Partial<typeof limits>, string])[] = [
    ['CPU', ['spin', '1'], { cpuTimeMs: 150 * timeFactor }, 'cpu'],
    ['wall-clock', FOREVER, { wallTimeMs: 150 * timeFactor }, 'wall'],
    ['memory', ['memory', String(64 * MIB)], { memoryBytes: 32 * MIB }, 'memory'],
    ['output', ['stdout', String(1e12)], { outputBytes: 100_001 }, 'output'],
  ];
  for (const [name, args, changed, limit] of ends)
    it(`the ${name} limit ends a session`, async () => {
      let received = 0;
      const outcome = await within(contract, args, { limits: changed }, async ({ stdout, stderr }) => {
        stderr.resume();
        received = (await buffer(stdout)).length;
      });
      assert.equal(outcome.limitReached, limit);
      if (limit !== 'output') return;
      assert.deepEqual([received, outcome.stdoutTruncated], [100_001, true]);
    });

  it('a session may write more than a run', async () => {
    const outcome = await within(
      contract,
      ['stdout', String(24 * MIB)],
      { limits: { outputBytes: 24 * MIB } },
      async ({ stdout }) => {
        let received = 0;
        for await (const bytes of stdout) received += bytes.length;
        assert.equal(received, 24 * MIB);
      },
    );
    assertExited(outcome, 0);
  });

  it('more processes than allowed cannot be started in a session', async () => {
    const outcome = await within(
      contract,
      ['fork-bomb'],
      { limits: { processes: 8 } },
      async ({ stdout }) => {
        const children = Number(await textOf(stdout));
        assert.ok(children > 0 && children < 8, `${children}`);
      },
    );
    assertExited(outcome, 0);
  });

  it('a session in which nothing goes in or out is idle, and one in which something does is not', async () => {
    const idleTimeMs = 300 * timeFactor;
    const outcome = await within(contract, ['echo'], { idleTimeMs }, async ({ stdin, stdout }) => {
      const begin = performance.now();
      while (performance.now() - begin < 2 * idleTimeMs) {
        stdin.write('x\n');
        await untilText(stdout, 'x\n');
        await sleep(idleTimeMs / 8);
      }
    });
    assert.deepEqual([outcome.limitReached, outcome.exitCode], ['idle', null]);
  });

  it('a session says what it has used so far', async () => {
    const outcome = await within(contract, ['echo'], {}, async ({ stdin, stdout, usedCpuTimeMs, ended }) => {
      stdin.write('x');
      await untilText(stdout, 'x');
      const waiting = await usedCpuTimeMs();
      assert.ok(waiting !== null && waiting < 100, `${waiting} ms`);
      stdin.end();
      await buffer(stdout);
      await ended;
      assert.equal(await usedCpuTimeMs(), null);
    });
    assertExited(outcome, 0);
    await within(contract, ['spin', '1'], {}, async (session) => {
      ignoreOutput(session);
      const used = async () => ((await session.usedCpuTimeMs()) ?? 0) > 50;
      await eventually(used, 'it uses nothing', timeFactor);
      session.signal('SIGKILL');
    });
  });

  it('a missing tool is an error of a session too', async () => {
    await using workspace = await open();
    const signal = new AbortController().signal;
    const attempt = workspace
      .start({ argv: ['/usr/bin/missing'], environment: {} }, limits, signal)
      .then(({ ended }) => ended);
    await assert.rejects(attempt, (error) => error instanceof SandboxError && !error.retryable);
    assertExited(await runIn(workspace, ['exit', '0']), 0);
  });

  it('sessions and runs share a workspace, and nothing of one is left for the next', async () => {
    await using workspace = await open();
    for (let round = 0; round < 4; round++) {
      const name = `round-${randomUUID()}`; // after `probe` in the order of names
      const session = await startIn(workspace, ['mark', name, '0']);
      const [count, ...places] = (await textOf(session.stdout)).trimEnd().split('\n').reverse();
      assert.deepEqual(places, [name, name, 'probe']);
      assert.ok(Number(count) <= 2, `${count} processes`);
      assertExited(await session.ended, 0);
      assertExited(await runIn(workspace, ['exit', '0']), 0);
    }
  });
}

export function liveOutput({ it, open, limits }: Contract): void {
  it('a run delivers its output as it comes and keeps it', async () => {
    await using workspace = await open();
    const stdin = randomBytes(300_000);
    const pieces = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
    const outcome = await workspace.run(
      { argv: ['/code/probe', 'echo-twice'], environment: {} },
      stdin,
      limits,
      new AbortController().signal,
      (stream, bytes) => pieces[stream].push(bytes),
    );
    assertExited(outcome, 0);
    for (const stream of ['stdout', 'stderr'] as const) {
      assert.ok(stdin.equals(outcome[stream]), stream);
      assert.ok(stdin.equals(Buffer.concat(pieces[stream])), stream);
      assert.ok(pieces[stream].length > 1, 'in pieces');
    }
  });
}

export function terminals(contract: Contract): void {
  const { withoutTerminals } = contract;
  contract.it('a sandbox without terminals says so, and starts no program on one', async () => {
    assert.equal(contract.sandbox().hasTerminals, withoutTerminals === false);
    if (withoutTerminals === false) return;
    await using workspace = await contract.open();
    const attempt = contract.startIn(workspace, ['terminal'], { terminal: TERMINAL });
    await assert.rejects(attempt, (error) => error instanceof SandboxError && !error.retryable);
  });
  const it = (caseName: string, body: () => Promise<void>) =>
    withoutTerminals === false
      ? contract.it(caseName, body)
      : void test(caseName, { skip: withoutTerminals }, () => {});

  it('a terminal is stdin, stdout and stderr of the program, and the only one it can have', async () => {
    const outcome = await within(
      contract,
      ['terminal'],
      { terminal: { columns: 132, rows: 43 } },
      async ({ stdout }) => {
        const [names, size, controlling, group, ...ways] = (await textOf(stdout)).trimEnd().split('\r\n');
        assert.match(names ?? '', /^111 \/dev\/pts\/\d+$/);
        assert.deepEqual([size, controlling, group], ['132x43', 'own terminal', 'in the foreground']);
        assert.deepEqual(ways, ['0 more', 'TIOCSTI EPERM', 'TIOCSETD EPERM']);
      },
    );
    assertExited(outcome, 0);
  });

  it('without a terminal there is none', async () => {
    await within(contract, ['terminal'], {}, async ({ stdin, stdout }) => {
      stdin.end();
      const [names, size, controlling] = (await textOf(stdout)).split('\n');
      assert.match(names ?? '', /^000 /);
      assert.deepEqual([size, controlling], ['0x0', 'ENXIO']);
    });
  });

  it('a terminal echoes, edits lines, and ends its input with Ctrl-D', async () => {
    const outcome = await within(contract, ['echo'], { terminal: TERMINAL }, async ({ stdin, stdout }) => {
      stdin.write('ab\u007fc\n');
      assert.equal(await untilText(stdout, 'ac\r\n'), 'ab\b \bc\r\nac\r\n');
      stdin.end('begun');
      assert.match(text(await buffer(stdout)), /begunbegun/);
    });
    assertExited(outcome, 0);
  });

  it('Ctrl-C on a terminal is SIGINT', async () => {
    const outcome = await within(contract, ['echo'], { terminal: TERMINAL }, async ({ stdin, stdout }) => {
      stdin.write('line\n');
      await untilText(stdout, 'line\r\nline\r\n');
      stdin.write('\u0003');
      await untilText(stdout, '^C');
    });
    assert.deepEqual([outcome.signal, outcome.limitReached], ['SIGINT', null]);
  });

  it('a new size of the terminal is SIGWINCH', async () => {
    await within(contract, ['signals'], { terminal: TERMINAL }, async ({ stdin, stdout, resize }) => {
      await untilText(stdout, 'ready\r\n');
      resize({ columns: 100, rows: 30 });
      await untilText(stdout, '100x30\r\n');
      stdin.end();
      await untilText(stdout, 'end\r\n');
    });
  });

  it('a terminal that nobody reads stops the program', async () => {
    const outcome = await within(
      contract,
      ['stdout', String(2 * MIB)],
      { terminal: TERMINAL },
      async ({ stdout }) => {
        assert.equal((await untilText(stdout, 'x')).replaceAll('x', ''), '');
        await sleep(200 * contract.timeFactor);
        assert.ok(stdout.readableLength < MOST_ON_THE_WAY, `${stdout.readableLength}`);
        stdout.resume();
      },
    );
    assertExited(outcome, 0);
  });

  it('the limits hold on a terminal', async () => {
    const idle = await within(contract, FOREVER, { terminal: TERMINAL, idleTimeMs: 100 }, async () => {});
    assert.equal(idle.limitReached, 'idle');
    const flood = await within(
      contract,
      ['stdout', String(1e12)],
      { terminal: TERMINAL, limits: { outputBytes: 50_000 } },
      async ({ stdout }) => assert.equal((await buffer(stdout)).length, 50_000),
    );
    assert.equal(flood.limitReached, 'output');
  });
}
