// No package keeps the event loop busy, however its few bytes are arranged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTimeMsOf } from '../../../test/cpu-time.ts';
import { isExported, readExported } from './exported.ts';
import { packageFiles } from './package-files.ts';
import { isPolygon, readPolygon } from './polygon.ts';
import { readPackage } from './read-package.ts';

type Files = Readonly<Record<string, string>>;

/** Without their bounds, each takes more than two seconds. */
const MAX_CPU_MS = 1000;

const many = (count: number, of: (index: number) => Files): Files =>
  Object.assign({}, ...Array.from({ length: count }, (_, index) => of(index)));
const withTests = (count: number): Files => ({
  'problem.yaml': 'name: Worst',
  ...many(count, (index) => ({ [`data/secret/${index}.in`]: '', [`data/secret/${index}.ans`]: '' })),
});

const polygon = (tests: string, assets: string): Files => ({
  'problem.xml': `<problem><judging><testset name="tests"><time-limit>1000</time-limit>
<memory-limit>268435456</memory-limit><test-count>1</test-count><input-path-pattern>tests/%d</input-path-pattern>
<answer-path-pattern>tests/%d.a</answer-path-pattern>${tests}</testset></judging>
<assets><checker name="std::wcmp.cpp" type="testlib"/>${assets}</assets></problem>`,
  'tests/1': '',
  'tests/1.a': '',
});
const BRACES = `{${','.repeat(7)}}`;

/** What is wrong with those that are refused. */
const REFUSALS: Readonly<Record<string, RegExp>> = {
  'a definition of brackets': /must not have more levels or values/,
  'a definition of names': /must not have more levels or values/,
  'patterns of many paths': /must have fewer or shorter patterns/,
  'choices in choices of a pattern': /must have at most 64 choices in a pattern, got 7744/,
  'choices without end in a pattern of tests': /must have patterns of at most 200 characters with two braces/,
  'dependencies on the last of many tests': /must have 1–1000 tests/,
};

const WORST: Readonly<Record<string, Files>> = {
  'settings that are read for each test': {
    ...withTests(900),
    'data/secret/testdata.yaml': Array.from({ length: 1500 }, (_, index) => `k${index}: a`).join('\n'),
  },
  'a directory for each submission': {
    ...withTests(1),
    ...many(4900, (index) => ({ [`submissions/${index}/a.py`]: '' })),
  },
  'patterns of many paths': {
    ...withTests(1),
    'submissions/submissions.yaml': Array.from(
      { length: 80 },
      (_, index) => `"${index}${'**a'.repeat(50)}${BRACES}${BRACES}": {}`,
    ).join('\n'),
    ...many(400, (index) => ({ [`submissions/${'a'.repeat(400)}/${index}.py`]: '' })),
  },
  'choices in choices of a pattern': {
    ...withTests(1),
    'submissions/submissions.yaml': `"{${','.repeat(87)}}{${','.repeat(87)}}": {}`,
    ...many(100, (index) => ({ [`submissions/other/${index}.py`]: '' })),
  },
  'choices without end in a pattern of tests': {
    ...withTests(1),
    'submissions/submissions.yaml': `accepted: {"${'{a,b}'.repeat(40)}": {permitted: [AC]}}`,
  },
  'solutions with many headers': {
    ...polygon(
      '<tests><test/></tests>',
      `<solutions>${'<solution tag="main"><source path="s.py"/></solution>'.repeat(1500)}</solutions>`,
    ),
    's.py': '',
    ...many(4900, (index) => ({ [`files/${index}.h`]: '' })),
  },
  'a large solution that is named many times': {
    ...polygon(
      '<tests><test/></tests>',
      `<solutions>${'<solution tag="main"><source path="s.py"/></solution>'.repeat(300)}</solutions>`,
    ),
    's.py': ' '.repeat(8_000_000),
  },
  'dependencies on the last of many tests': polygon(
    `<tests>${'<test group="a"/>'.repeat(9500)}<test group="b"/></tests><groups><group name="a"><dependencies>${'<dependency group="b"/>'.repeat(9500)}</dependencies></group></groups>`,
    '',
  ),
  'a definition of brackets': { 'problem.json': '['.repeat(4_000_000) },
  'a definition of names': {
    'problem.json': `{${Array.from({ length: 1_000_000 }, (_, index) => `"${index}":1`)}}`,
  },
};

for (const [name, entries] of Object.entries(WORST)) {
  test(name, async () => {
    const unpacked = Object.entries(entries).map(([path, text]) => ({ path, content: Buffer.from(text) }));
    const read = () => {
      const files = packageFiles(unpacked, ['problem.yaml', 'problem.json', 'problem.xml']);
      if (isPolygon(files)) return readPolygon(files);
      return isExported(files) ? readExported(files) : readPackage(files);
    };
    const refusal = REFUSALS[name];
    const took = await cpuTimeMsOf(() => (refusal ? assert.throws(read, refusal) : read()));
    assert.ok(took < MAX_CPU_MS, `${took} ms`);
  });
}
