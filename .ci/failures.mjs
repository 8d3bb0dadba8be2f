// What the end of the gate's log says about failures, since that end may be all that is kept: each failed test with its file and
// the beginning of its error, and of a part that failed without a failed test the last lines of its log.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MAX_WITH_ERROR = 25;
const MAX_NAMED = 75;
const MAX_LOG_LINES = 30;
const MAX_LINE_CHARACTERS = 240;

/** Lines about what failed in these parts; `forgiven` are the files that failed once and not alone. */
export function describeFailures(directory, parts, forgiven) {
  const failures = parts.flatMap(({ name: part, failures: of }) =>
    of.map((failure) => ({ part, ...failure })),
  );
  const isForgiven = ({ part, file }) => part === 'tests' && forgiven.includes(file);
  const standing = failures.filter((failure) => !isForgiven(failure));
  const logs = parts.filter(({ code, failures: of }) => code !== 0 && of.length === 0);
  return [
    ...failures
      .filter(isForgiven)
      .map((failure) => `failed once: ${title(failure)}`)
      .slice(0, MAX_NAMED),
    ...logs.flatMap(({ name }) => [
      `${name} failed without a failed test; its log ends:`,
      ...endOfLog(directory, name),
    ]),
    ...standing.slice(0, MAX_WITH_ERROR).flatMap(withError),
    ...standing
      .slice(MAX_WITH_ERROR, MAX_WITH_ERROR + MAX_NAMED)
      .map((failure) => `failed test: ${title(failure)}`),
    ...(standing.length > MAX_WITH_ERROR + MAX_NAMED ? [`${standing.length} failed tests in all`] : []),
  ];
}

function withError(failure) {
  return [`failed test: ${title(failure)}`, ...failure.error.map((line) => `    ${line}`.trimEnd())];
}

function title({ part, file, name }) {
  return `${part}: ${file ?? 'no file'}: ${name}`;
}

function endOfLog(directory, part) {
  const path = join(directory, `${part}.log`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-MAX_LOG_LINES);
  return lines.map((line) => `    ${line.slice(0, MAX_LINE_CHARACTERS)}`.trimEnd());
}
