// Tests in groups: what each gains, what is skipped, and that neither depends on the timing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { ExecuteRequest } from '../api/execution.ts';
import { createServiceForTests } from '../submissions/service-fixture.ts';

type Tests = NonNullable<ExecuteRequest['test_cases']>;
type Groups = NonNullable<ExecuteRequest['groups']>;

/** A test of the group that is passed, failed, or hidden when it is written in capitals. */
function testsOf(group: string | undefined, ends: string): Tests {
  return [...ends].map((end) => ({
    input: end.toLowerCase() === 'p' ? 'right' : 'wrong',
    expected_output: 'right',
    is_hidden: end !== end.toLowerCase(),
    ...(group !== undefined && { group }),
  }));
}

async function judge(groups: Groups, test_cases: Tests, more: Partial<ExecuteRequest> = {}) {
  const service = createServiceForTests({
    slots: 3,
    run: async ({ stdin }) => {
      await sleep(Math.random() * 3);
      return { stdout: stdin };
    },
  });
  const record = await service.execute({ groups, test_cases, ...more });
  const letters: Record<string, string> = { accepted: 'A', wrong_answer: 'W', skipped: '-' };
  const reported = service.events.flatMap((event) => (event.type === 'test' ? [event.test.index] : []));
  assert.deepEqual(reported, [...test_cases.keys()], 'every test is reported once, in order');
  return {
    record,
    service,
    ends: record.results.map(({ status }) => letters[status] ?? status).join(''),
    gained: record.groups?.map(({ name, status, score, points }) => `${name} ${status} ${score}/${points}`),
  };
}

interface Row {
  readonly what: string;
  readonly groups: Groups;
  readonly tests: Tests;
  readonly ends: string;
  readonly gained: readonly string[];
  readonly status: string;
  readonly score: number;
}

const ROWS: readonly Row[] = [
  {
    what: 'a group is worth its number of tests, and gains the least of their scores',
    groups: [{ name: 'a' }, { name: 'b' }],
    tests: [...testsOf('a', 'pp'), ...testsOf('b', 'pf')],
    ends: 'AAAW',
    gained: ['a accepted 2/2', 'b wrong_answer 0/2'],
    status: 'partially_accepted',
    score: 0.5,
  },
  {
    what: 'the rest of a group is skipped after a failure, of another group not',
    groups: [
      { name: 'a', points: 30 },
      { name: 'b', points: 70 },
    ],
    tests: [...testsOf('a', 'pfp'), ...testsOf('b', 'pp')],
    ends: 'AW-AA',
    gained: ['a wrong_answer 0/30', 'b accepted 70/70'],
    status: 'partially_accepted',
    score: 0.7,
  },
  {
    what: 'a sum is the mean of what is gained, and all tests run if the group goes on',
    groups: [{ name: 'a', points: 40, scoring: 'sum', stop_on_failure: false }],
    tests: testsOf('a', 'pffp'),
    ends: 'AWWA',
    gained: ['a partially_accepted 20/40'],
    status: 'partially_accepted',
    score: 0.5,
  },
  {
    what: 'the most of the scores',
    groups: [{ name: 'a', points: 10, scoring: 'max', stop_on_failure: false }],
    tests: testsOf('a', 'fpf'),
    ends: 'WAW',
    gained: ['a partially_accepted 10/10'],
    status: 'partially_accepted',
    score: 1,
  },
  {
    what: 'a group whose dependency is not wholly accepted is skipped, and so are those that depend on it',
    groups: [
      { name: 'samples', points: 0 },
      { name: 'a', points: 50, depends_on: ['samples'] },
      { name: 'b', points: 25, depends_on: ['a'] },
      { name: 'c', points: 25 },
    ],
    tests: [...testsOf('samples', 'pf'), ...testsOf('a', 'pp'), ...testsOf('b', 'p'), ...testsOf('c', 'p')],
    ends: 'AW---A',
    gained: ['samples wrong_answer 0/0', 'a skipped 0/50', 'b skipped 0/25', 'c accepted 25/25'],
    status: 'partially_accepted',
    score: 0.25,
  },
  {
    what: 'a group may depend on one that is listed behind it',
    groups: [{ name: 'late', depends_on: ['early'] }, { name: 'early' }],
    tests: [...testsOf('late', 'p'), ...testsOf('early', 'f')],
    ends: '-W',
    gained: ['late skipped 0/1', 'early wrong_answer 0/1'],
    status: 'wrong_answer',
    score: 0,
  },
  {
    what: 'tests without a group count singly, by their weights',
    groups: [{ name: 'a', points: 6 }],
    tests: [...testsOf('a', 'p'), { ...testsOf(undefined, 'p')[0], weight: 3 }, ...testsOf(undefined, 'f')],
    ends: 'AAW',
    gained: ['a accepted 6/6'],
    status: 'partially_accepted',
    score: 0.9,
  },
  {
    what: 'all is accepted',
    groups: [
      { name: 'a', points: 0 },
      { name: 'b', depends_on: ['a'] },
    ],
    tests: [...testsOf('a', 'p'), ...testsOf('b', 'PP')],
    ends: 'AAA',
    gained: ['a accepted 0/0', 'b accepted 2/2'],
    status: 'accepted',
    score: 1,
  },
  {
    what: 'without points at all, the score is whether all is accepted',
    groups: [{ name: 'a', points: 0 }],
    tests: testsOf('a', 'pf'),
    ends: 'AW',
    gained: ['a wrong_answer 0/0'],
    status: 'wrong_answer',
    score: 0,
  },
  {
    what: 'a hidden failure leaves out a test behind it, though that one is shown and ran before',
    groups: [{ name: 'a' }],
    tests: testsOf('a', 'pFp'),
    ends: 'AW-',
    gained: ['a wrong_answer 0/3'],
    status: 'wrong_answer',
    score: 0,
  },
];

for (const { what, groups, tests, ends, gained, status, score } of ROWS) {
  test(what, async () => {
    const judged = await judge(groups, tests);
    assert.equal(judged.ends, ends);
    assert.deepEqual(judged.gained, gained);
    assert.equal(judged.record.status, status);
    assert.ok(Math.abs(judged.record.summary.score - score) < 1e-12, `${judged.record.summary.score}`);
  });
}

test('what is hidden of any group runs after what is shown of all', async () => {
  const { service } = await judge(
    [{ name: 'a' }, { name: 'b' }],
    [...testsOf('a', 'PpP'), ...testsOf('b', 'pP')].map((each, index) => ({
      ...each,
      args: [String(index)],
    })),
  );
  const order = service.sandbox.runs.map(({ command }) => command.argv.at(-1));
  assert.deepEqual(order.slice(0, 2).sort(), ['1', '3']);
});

test('results are the same whatever the timing', async () => {
  const end = fc.constantFrom('p', 'f', 'P', 'F');
  const ends = fc.array(end, { minLength: 1, maxLength: 5 }).map((each) => each.join(''));
  await fc.assert(
    fc.asyncProperty(ends, ends, fc.boolean(), async (one, other, stop_on_failure) => {
      const groups: Groups = [
        { name: 'a', stop_on_failure },
        { name: 'b', depends_on: ['a'] },
      ];
      const { ends: seen } = await judge(groups, [...testsOf('a', one), ...testsOf('b', other)]);
      const cut = (letters: string, stops: boolean) => {
        const all = letters.toUpperCase().replaceAll('P', 'A').replaceAll('F', 'W');
        const first = all.indexOf('W');
        return stops && first !== -1 ? all.slice(0, first + 1).padEnd(all.length, '-') : all;
      };
      const isMet = !one.toUpperCase().includes('F');
      assert.equal(seen, cut(one, stop_on_failure) + (isMet ? cut(other, true) : '-'.repeat(other.length)));
    }),
    { numRuns: 60 },
  );
});

test('a cancelled execution is cancelled, whatever its groups', async () => {
  const service = createServiceForTests();
  const request = { groups: [{ name: 'a' }], test_cases: testsOf('a', 'pp') };
  const record = await service.execute(request, AbortSignal.abort());
  assert.equal(record.status, 'cancelled');
  assert.deepEqual(
    record.groups?.map(({ status }) => status),
    ['cancelled'],
  );
});

for (const [what, groups, tests, path, message] of [
  [
    'an unknown group of a test',
    [{ name: 'a' }],
    ['a', 'b'],
    'test_cases[1].group',
    /one of groups, which are "a", got "b"/,
  ],
  ['a group of a test without groups', [], ['b'], 'test_cases[0].group', /there are none/],
  ['an unknown dependency', [{ name: 'a', depends_on: ['x'] }], ['a'], 'groups[0].depends_on[0]', /got "x"/],
  ['a name twice', [{ name: 'a' }, { name: 'a' }], ['a'], 'groups[1].name', /differ/],
  [
    'a group without a test',
    [{ name: 'a' }, { name: 'b' }],
    ['a'],
    'groups[1].name',
    /must be the group of a test/,
  ],
  [
    'a group that depends on itself',
    [{ name: 'a', depends_on: ['a'] }],
    ['a'],
    'groups[0].depends_on',
    /circle among "a"$/,
  ],
  [
    'groups in a circle',
    [
      { name: 'x' },
      { name: 'a', depends_on: ['x', 'c'] },
      { name: 'b', depends_on: ['a'] },
      { name: 'c', depends_on: ['b'] },
      { name: 'd', depends_on: ['c'] },
    ],
    ['x', 'a', 'b', 'c', 'd'],
    'groups[1].depends_on',
    /circle among "a", "b", "c"$/,
  ],
] as const) {
  test(`${what} is refused`, async () => {
    const test_cases = tests.map((group) => ({ group }));
    const request = { language: 'script', code: 'x', groups: groups as unknown as Groups, test_cases };
    await assert.rejects(
      createServiceForTests().accept(request),
      (error: { errors: { path: string }[]; message: string }) => {
        assert.equal(error.errors[0]?.path, path);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}
