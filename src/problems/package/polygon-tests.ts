// The tests of a package of Polygon and their groups, from the `testset` of its `problem.xml`.

import type { TestCase, TestGroup } from '../../api/request-fields.ts';
import { MAX_GROUPS, PROBLEM_LIMITS, REQUEST_SIZES } from '../../limits.ts';
import { sha256Of } from '../blobs-named.ts';
import { PackageFault, type PackageFiles } from './package-files.ts';
import { elementAt, elementsAt, type XmlElement } from './xml.ts';

export const POLYGON_MAIN = 'problem.xml';
const MAX_NAME = 200;

export function fault(sentence: string): PackageFault {
  return new PackageFault(POLYGON_MAIN, sentence);
}

function textOf(testset: XmlElement, name: string): string {
  const text = elementAt(testset, name)?.text ?? '';
  if (text === '') throw fault(`must have <${name}> in <testset>`);
  return text;
}

export function numberOf(testset: XmlElement, name: string): number {
  const text = textOf(testset, name);
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw fault(`must have <${name}> of <testset> as a whole number, got ${JSON.stringify(text.slice(0, 40))}`);
}

function pointsOf({ name, attributes }: XmlElement): number | undefined {
  const { points } = attributes;
  if (points === undefined) return undefined;
  if (/^\d{1,6}(?:\.\d{1,9})?$/.test(points)) return Number(points);
  throw fault(
    `must have points of <${name}> as a number, not negative, got ${JSON.stringify(points.slice(0, 40))}`,
  );
}

export function hasPoints(testset: XmlElement): boolean {
  return elementsAt(testset, 'tests/test').some(({ attributes }) => attributes.points !== undefined);
}

export function groupsOf(testset: XmlElement): TestGroup[] {
  const tests = elementsAt(testset, 'tests/test');
  const named = [...new Set(tests.flatMap(({ attributes }) => attributes.group ?? []))];
  if (named.length > MAX_GROUPS) throw fault(`must have at most ${MAX_GROUPS} groups, got ${named.length}`);
  const described = new Map(
    elementsAt(testset, 'groups/group').map((group) => [group.attributes.name ?? '', group] as const),
  );
  return named.map((name) => groupOf(name, described.get(name), tests, new Set(named)));
}

function groupOf(
  name: string,
  group: XmlElement | undefined,
  tests: readonly XmlElement[],
  groups: ReadonlySet<string>,
): TestGroup {
  const policy = group?.attributes['points-policy'] ?? 'each-test';
  if (policy !== 'complete-group' && policy !== 'each-test')
    throw fault(
      `must have points-policy of <group> complete-group or each-test, got ${JSON.stringify(policy)}`,
    );
  const own = tests.filter(({ attributes }) => attributes.group === name);
  const sum = own.reduce((points, test) => points + (pointsOf(test) ?? 0), 0);
  const needed = group === undefined ? [] : elementsAt(group, 'dependencies/dependency');
  const names = needed.map(({ attributes }) => attributes.group ?? '');
  const missing = names.find((each) => !groups.has(each));
  if (missing !== undefined)
    throw fault(
      `must have tests of each <dependency> of a <group>, and has none of ${JSON.stringify(missing)}`,
    );
  return {
    name,
    points: (group && pointsOf(group)) ?? sum,
    scoring: policy === 'complete-group' ? 'min' : 'sum',
    stop_on_failure: policy === 'complete-group',
    ...(names.length > 0 && { depends_on: names }),
  };
}

/** `tests/%02d` for the first test is `tests/01`. */
function pathOf(pattern: string, number: number): string {
  const parts = /^([^%]*)%0?(\d?)d([^%]*)$/.exec(pattern);
  if (parts === null)
    throw fault(
      `must have a pattern with one number such as tests/%02d, got ${JSON.stringify(pattern.slice(0, 80))}`,
    );
  const [, before = '', digits = '', after = ''] = parts;
  return `${before}${String(number).padStart(Number(digits), '0')}${after}`;
}

export function testsOf(files: PackageFiles, testset: XmlElement, groups: readonly TestGroup[]): TestCase[] {
  const tests = elementsAt(testset, 'tests/test');
  const count = tests.length > 0 ? tests.length : numberOf(testset, 'test-count');
  if (count < 1 || count > PROBLEM_LIMITS.tests)
    throw fault(`must have 1–${PROBLEM_LIMITS.tests} tests in <testset>, got ${count}`);
  const [inputs, answers] = [textOf(testset, 'input-path-pattern'), textOf(testset, 'answer-path-pattern')];
  const isScored = hasPoints(testset);
  return Array.from({ length: count }, (_each, index) => {
    const [input, answer] = [pathOf(inputs, index + 1), pathOf(answers, index + 1)];
    const test = tests[index];
    const group = test?.attributes.group;
    const points = test && pointsOf(test);
    return {
      name: input.slice(0, MAX_NAME),
      is_hidden: test?.attributes.sample !== 'true',
      input: { blob: sha256Of(dataOf(files, input)) },
      expected_output: { blob: sha256Of(dataOf(files, answer)) },
      ...(groups.length > 0 && group !== undefined && { group }),
      ...(isScored && { weight: points ?? 0 }),
    };
  });
}

function dataOf(files: PackageFiles, path: string): Buffer {
  const content = files.get(path);
  if (content === undefined)
    throw new PackageFault(path, 'is missing: the full package has all tests with their answers');
  if (content.length > REQUEST_SIZES.textBytes)
    throw new PackageFault(path, `must have at most ${REQUEST_SIZES.textBytes} bytes, got ${content.length}`);
  return content;
}
