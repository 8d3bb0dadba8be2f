// The proof at the start: what it takes for an open limit, and that a machine that is slow is not one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BoxLimits, type BoxOutcome, CANCELLED, type Sandbox } from './sandbox.ts';
import { BARE_ROOT, PROBE_LIMITS, runSelfTest } from './self-test.ts';

type Ending = Partial<BoxOutcome>;

const GOOD: Readonly<Record<string, Ending>> = {
  isolation: { exitCode: 0 },
  memory: { signal: 'SIGKILL', limitReached: 'memory', outOfMemory: true },
  spin: { signal: 'SIGKILL', limitReached: 'cpu', cpuTimeMs: 50 },
  sleep: { signal: 'SIGKILL', limitReached: 'wall' },
  stdout: { signal: 'SIGKILL', limitReached: 'output' },
  'fork-bomb': { exitCode: 0, stdout: Buffer.from('14\n') },
  write: { signal: 'SIGXFSZ' },
};
/** What ends a program that is slow, or has no processor. */
const ENDS: readonly Ending[] = [
  { signal: 'SIGKILL', limitReached: 'cpu' },
  { signal: 'SIGKILL', limitReached: 'wall' },
  { signal: 'SIGKILL' },
];

/** A sandbox in which each proof ends as the test chooses. */
function sandboxWith(endingOf: (proof: string, limits: BoxLimits) => Ending): Sandbox['open'] {
  const workspace = {
    run: async ({ argv }: { argv: readonly string[] }, _stdin: unknown, limits: BoxLimits) => ({
      ...CANCELLED,
      cancelled: false,
      ...endingOf(argv[1] ?? '', limits),
    }),
    [Symbol.asyncDispose]: async () => {},
  };
  return async () => workspace as never;
}

async function messageOf(endingOf: (proof: string, limits: BoxLimits) => Ending, harmless: string[] = []) {
  return await runSelfTest(sandboxWith(endingOf), BARE_ROOT, harmless).then(
    () => '',
    (error: Error) => error.message,
  );
}

test('passes if everything is closed', async () => {
  assert.equal(await messageOf((proof) => GOOD[proof] ?? {}), '');
});

test('ways out are named; those that lead nowhere are not', async () => {
  const endingOf = (proof: string) =>
    proof === 'isolation'
      ? { exitCode: 1, stdout: Buffer.from('OPEN one\nheld two\nOPEN three\n') }
      : (GOOD[proof] ?? {});
  assert.equal(
    await messageOf(endingOf),
    'the sandbox does not isolate here: a program in a box can one, three',
  );
  assert.equal(await messageOf(endingOf, ['one', 'three']), '');
});

for (const [proof, what, ending] of [
  ['memory', 'the memory limit', { exitCode: 0 }],
  ['spin', 'the CPU time limit', { signal: 'SIGKILL', limitReached: 'wall', cpuTimeMs: 9000 }],
  ['sleep', 'the wall-clock limit', { exitCode: 0 }],
  ['stdout', 'the output limit', { exitCode: 0 }],
  ['fork-bomb', 'the limit of processes', { exitCode: 0, stdout: Buffer.from('500\n') }],
  ['write', 'the file size limit', { exitCode: 0 }],
] as const)
  test(`${what} that is open is named`, async () => {
    const message = await messageOf((each) => (each === proof ? ending : (GOOD[each] ?? {})));
    assert.equal(message, `the sandbox does not isolate here: ${what} does not hold`);
  });

for (const proof of Object.keys(GOOD))
  for (const ending of ENDS) {
    if (proof === 'spin' && ending.limitReached === 'cpu') continue; // which is what it is to meet
    if (proof === 'sleep' && ending.limitReached === 'wall') continue;
    const how = ending.limitReached ?? 'a signal';

    test(`${proof}: ended by ${how}, it is tried with more time`, async () => {
      const times: number[] = [];
      const message = await messageOf((each, limits) => {
        if (each !== proof) return GOOD[each] ?? {};
        times.push(limits.wallTimeMs / PROBE_LIMITS.wallTimeMs, limits.cpuTimeMs / PROBE_LIMITS.cpuTimeMs);
        return times.length > 2 ? (GOOD[proof] ?? {}) : ending;
      });
      assert.equal(message, '');
      assert.ok(times.length === 4 && (times[2] === 4 || times[3] === 4), times.join());
    });

    test(`${proof}: ended by ${how} each time, it is named as not tried, and not as open`, async () => {
      let count = 0;
      const message = await messageOf((each) => {
        if (each !== proof) return GOOD[each] ?? {};
        count += 1;
        return ending;
      });
      assert.match(message, /^not tried, as this machine is too slow or too busy now: the /);
      assert.doesNotMatch(message, /isolate|does not hold/);
      assert.equal(count, 3);
    });
  }

test('what is open is named beside what could not be tried', async () => {
  const endingOf = (proof: string): Ending =>
    proof === 'memory' ? { limitReached: 'cpu' } : proof === 'write' ? { exitCode: 0 } : (GOOD[proof] ?? {});
  const message = await messageOf(endingOf);
  assert.match(
    message,
    /^the sandbox does not isolate here: the file size limit does not hold\. not tried, .*the memory limit/,
  );
});
