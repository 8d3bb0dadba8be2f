// A reporter for Node's test runner: writes lines of JSON. {"failure": ...} for each failed test as soon as it is reported, with
// its file, its full name and the beginning of its error; {"seconds": ...} for each file that has ended; at the end one with
// what passed, failed and was skipped, and the files in which something failed. Paths are relative to the working directory.
// With --experimental-test-coverage also the share of lines that tests ran. Plain JavaScript, since the runner of another
// version may load it.

import { inspect, stripVTControlCharacters } from 'node:util';

const MAX_ERROR_LINES = 15;
const MAX_LINE_CHARACTERS = 240;

// biome-ignore lint/style/noDefaultExport: the test runner requires it of reporters
export default async function* totals(events) {
  const failedFiles = new Set();
  const names = [];
  let coverage = null;
  for await (const { type, data } of events) {
    if (type === 'test:coverage') coverage = data.summary.totals;
    if (type === 'test:start') names.splice(data.nesting, names.length, data.name);
    if (type === 'test:fail') {
      // A file that broke before its own summary is reported as a test with its name.
      if (data.nesting === 0 && /\.test\.ts$/.test(data.name)) failedFiles.add(shorten(data.name));
      if (isOwnFailure(data)) yield line({ failure: describe(data, names.slice(0, data.nesting)) });
    }
    if (type !== 'test:summary') continue;
    if (data.file === undefined) {
      yield line({ ...counts(data.counts), failedFiles: [...failedFiles], coverage: shares(coverage) });
    } else {
      if (!data.success) failedFiles.add(shorten(data.file));
      yield line({ file: shorten(data.file), seconds: Math.round(data.duration_ms / 100) / 10 });
    }
  }
}

/** A suite fails with its tests; that says nothing more. */
function isOwnFailure({ details, todo }) {
  return details.error.failureType !== 'subtestsFailed' && todo === undefined;
}

function describe({ name, file, details: { error } }, parents) {
  const path = file === undefined ? null : shorten(file);
  const ended = error.exitCode === undefined ? '' : `exit code ${error.exitCode}, signal ${error.signal}: `;
  const text = ended + (typeof error.cause === 'string' ? error.cause : inspect(error.cause ?? error));
  const lines = stripVTControlCharacters(text).split('\n', MAX_ERROR_LINES);
  return {
    file: path,
    name: [...parents, name].map(onOneLine).join(' > '),
    error: lines.map((part) => part.slice(0, MAX_LINE_CHARACTERS)),
  };
}

function onOneLine(name) {
  return shorten(name).replaceAll(/\s+/g, ' ').slice(0, MAX_LINE_CHARACTERS);
}

/** Of the working directory's files, the path in it. */
function shorten(path) {
  const beginning = `${process.cwd()}/`;
  return path.startsWith(beginning) ? path.slice(beginning.length) : path;
}

function counts({ passed, failed, cancelled, skipped }) {
  return { passed, failed: failed + cancelled, skipped };
}

function shares(coverage) {
  return (
    coverage && {
      lines: coverage.coveredLinePercent,
      branches: coverage.coveredBranchPercent,
      functions: coverage.coveredFunctionPercent,
    }
  );
}

function line(value) {
  return `${JSON.stringify(value)}\n`;
}
