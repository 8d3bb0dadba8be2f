// Which field a client meant that wrote another name: one in other spelling, one that another service has, or a typing
// error.

/** What other services and their clients call the fields, in letters and digits only. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  code: ['source', 'sourcecode', 'src', 'program', 'script', 'solution', 'submission', 'body', 'text'],
  language: ['lang', 'languageid', 'languagename', 'compiler', 'runtime'],
  version: ['languageversion', 'compilerversion'],
  files: ['file', 'additionalfiles', 'sources', 'sourcefiles', 'attachments'],
  path: ['name', 'filename', 'filepath', 'file'],
  content: ['text', 'body', 'data', 'code', 'source', 'contents'],
  stdin: ['input', 'standardinput', 'inputdata', 'in'],
  args: ['arguments', 'argv', 'params', 'commandlinearguments', 'cmdargs'],
  test_cases: ['tests', 'cases', 'testcase', 'examples', 'samples', 'testdata'],
  input: ['stdin', 'in', 'inputdata', 'standardinput', 'data'],
  expected_output: [
    'expected',
    'output',
    'out',
    'answer',
    'result',
    'stdout',
    'expectedstdout',
    'expectedresult',
  ],
  is_hidden: ['hidden', 'private', 'secret', 'isprivate'],
  weight: ['points', 'score', 'marks'],
  checker: ['validator', 'comparator', 'comparison', 'compare', 'judge'],
  stop_on_failure: ['failfast', 'stoponerror', 'stoponfail', 'bail', 'stoponfirstfailure'],
  time_limit: [
    'timeout',
    'cputimelimit',
    'runtimeout',
    'timelimitseconds',
    'timelimits',
    'cputime',
    'maxtime',
  ],
  memory_limit: ['memory', 'memorylimitmb', 'runmemorylimit', 'maxmemory', 'mem', 'memlimit'],
  output_limit_kb: ['outputlimit', 'maxoutput', 'outputlimitkib'],
  user_id: ['user', 'uid', 'username', 'userid'],
  encoding: ['format', 'inputencoding'],
};
/** A longer name is not compared. */
const MAX_NAME_LENGTH = 40;

/** `null` when none of the fields is near. */
export function meantField(written: string, fields: readonly string[]): string | null {
  if (written.length > MAX_NAME_LENGTH) return null;
  const plain = plainName(written);
  const sameLetters = fields.find((field) => plainName(field) === plain);
  const otherName = fields.find(
    (field) => Object.hasOwn(OTHER_NAMES, field) && OTHER_NAMES[field]?.includes(plain),
  );
  return sameLetters ?? otherName ?? nearest(plain, fields);
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** A third of the letters may be wrong, one at least. */
function nearest(plain: string, fields: readonly string[]): string | null {
  const distances = fields.map((field) => ({ field, distance: distanceOf(plain, plainName(field)) }));
  const [best] = distances.toSorted((one, other) => one.distance - other.distance);
  return best !== undefined && best.distance <= Math.max(1, Math.floor(plain.length / 3)) ? best.field : null;
}

/** Letters to add, leave out, replace or exchange with the next one. */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const choices = [at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (isSame ? 0 : 1)];
      next.push(Math.min(...choices, ...(isSwap ? [at(before, j - 2) + 1] : [])));
    }
    before = row;
    row = next;
  }
  return at(row, other.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
