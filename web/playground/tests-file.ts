// Tests as files: JSON as the API takes them, or a zip of pairs `name.in` and `name.ans`. And many, pasted as text.

import { download } from '../shared/download.ts';
import { counted } from '../shared/format.ts';
import { currentDraft, type DraftGroup, type DraftTest, newGroup } from './draft.ts';
import { groupsOf } from './request.ts';

type Test = Omit<DraftTest, 'id'>;
/** Tests, and the groups that they are in. */
export interface ReadTests {
  readonly tests: readonly Test[];
  readonly groups: readonly DraftGroup[];
}

/** As many as the service takes by default; it refuses more if it is set to fewer. */
export const MAX_TESTS = 100;
const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;

/** What is wrong with a file of tests, in words for people. */
export class TestsFileError extends Error {}

export async function exportTests(form: 'json' | 'zip'): Promise<void> {
  const draft = currentDraft();
  const { tests } = draft;
  if (form === 'json') {
    const { groups } = groupsOf(draft);
    const written = groups ? { test_cases: tests.map(jsonOf), groups } : tests.map(jsonOf);
    download('tests.json', `${JSON.stringify(written, null, 2)}\n`);
    return;
  }
  const { zipSync, strToU8 } = await import('fflate');
  const entries = tests.flatMap(({ input, expected }, index) => {
    const name = String(index + 1).padStart(3, '0');
    return [
      [`${name}.in`, strToU8(input)],
      ...(expected === null ? [] : [[`${name}.ans`, strToU8(expected)]]),
    ];
  });
  download('tests.zip', zipSync(Object.fromEntries(entries)));
}

function jsonOf({ name, input, expected, isHidden, weight, group }: Test) {
  return {
    ...(name && { name }),
    input,
    ...(expected !== null && { expected_output: expected }),
    is_hidden: isHidden,
    weight,
    ...(group && { group }),
  };
}

/** Reads a file that a person chose. Throws a `TestsFileError`. */
export async function readTestsFile(file: File): Promise<ReadTests> {
  if (file.size > MAX_UNPACKED_BYTES) throw new TestsFileError(`${file.name} is larger than 32 MB.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (isZip) return { tests: bounded(await testsInZip(bytes)), groups: [] };
  const read = testsInText(new TextDecoder().decode(bytes));
  return { ...read, tests: bounded(read.tests) };
}

function bounded(tests: readonly Test[]): readonly Test[] {
  if (tests.length === 0) throw new TestsFileError('There is no test in it.');
  if (tests.length > MAX_TESTS) {
    throw new TestsFileError(
      `There are ${tests.length} tests in it; at most ${MAX_TESTS} can be run at a time.`,
    );
  }
  return tests;
}

async function testsInZip(bytes: Uint8Array): Promise<Test[]> {
  const { unzipSync, strFromU8 } = await import('fflate');
  let unpacked = 0;
  const files = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      unpacked += originalSize;
      return unpacked <= MAX_UNPACKED_BYTES && /\.(?:in|ans|out)$/.test(name) && !name.includes('__MACOSX');
    },
  });
  if (unpacked > MAX_UNPACKED_BYTES) throw new TestsFileError('Unpacked, it is larger than 32 MB.');
  const inputs = Object.keys(files).filter((name) => name.endsWith('.in'));
  if (inputs.length === 0) throw new TestsFileError('There is no file in it whose name ends with .in.');
  return inputs
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((path) => {
      const stem = path.slice(0, -'.in'.length);
      const answer = files[`${stem}.ans`] ?? files[`${stem}.out`];
      return {
        name: stem.slice(stem.lastIndexOf('/') + 1),
        input: strFromU8(files[path] ?? new Uint8Array()),
        expected: answer === undefined ? null : strFromU8(answer),
        // As in problem packages: samples are shown, secret tests are not.
        isHidden: /(?:^|\/)secret\//.test(path),
        weight: 1,
      };
    });
}

/**
 * Reads pasted text: JSON as the API takes it, or tests separated by lines of `===`, each an input and an expected
 * output separated by a line of `---`.
 */
export function testsInText(text: string): ReadTests {
  return /^\s*[[{]/.test(text) ? testsInJson(text) : { tests: testsInPlainText(text), groups: [] };
}

function testsInPlainText(text: string): Test[] {
  const parts = text.split(/^={3,}[^\S\n]*\n?/m).filter((part) => part.trim() !== '');
  return parts.map((part) => {
    const [input = '', expected] = part.split(/^-{3,}[^\S\n]*\n?/m);
    return { name: '', input, expected: expected ?? null, isHidden: false, weight: 1 };
  });
}

function testsInJson(text: string): ReadTests {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TestsFileError('It is not valid JSON.');
  }
  const list = Array.isArray(value) ? value : (value as { test_cases?: unknown }).test_cases;
  if (!Array.isArray(list))
    throw new TestsFileError('The JSON is no list of tests, and has no "test_cases".');
  const tests = list.map((test: Record<string, unknown>, index) => testOf(test ?? {}, index));
  const { groups: described = [] } = value as { groups?: unknown };
  if (!Array.isArray(described)) throw new TestsFileError('In the JSON, "groups" is no list.');
  const groups = described.map((group: Record<string, unknown>, index) => groupOf(group ?? {}, index));
  const names = new Set(groups.map(({ name }) => name));
  for (const { group = '' } of tests) {
    if (group === '' || names.has(group)) continue;
    names.add(group);
    groups.push(newGroup(group));
  }
  return { tests, groups };
}

/** As the API takes it. */
function groupOf(group: Record<string, unknown>, index: number): DraftGroup {
  const { name, points = 0, scoring = 'min', depends_on: dependsOn = [] } = group;
  const isRight =
    typeof name === 'string' &&
    typeof points === 'number' &&
    (scoring === 'min' || scoring === 'sum' || scoring === 'max') &&
    Array.isArray(dependsOn) &&
    dependsOn.every((other) => typeof other === 'string');
  if (isRight) return { name, points, scoring, dependsOn };
  throw new TestsFileError(
    `Group ${index + 1}: name is a text, points a number, scoring min, sum or max, depends_on a list of names.`,
  );
}

function testOf(test: Record<string, unknown>, index: number): Test {
  const {
    name = '',
    input = '',
    expected_output: expected = null,
    is_hidden: isHidden = false,
    weight = 1,
    group = '',
  } = test;
  const isRight =
    typeof input === 'string' &&
    (expected === null || typeof expected === 'string') &&
    typeof name === 'string' &&
    typeof group === 'string' &&
    typeof weight === 'number';
  if (!isRight)
    throw new TestsFileError(
      `Test ${index + 1}: input, expected_output, name and group are texts, weight a number.`,
    );
  return { name, input, expected, isHidden: isHidden === true, weight, ...(group && { group }) };
}

export function countedTests(tests: readonly unknown[]): string {
  return counted(tests.length, 'test');
}
