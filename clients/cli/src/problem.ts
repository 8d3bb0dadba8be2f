// `ces problem`: has the service check a problem package by the submissions in it, and keep it.

import { readFile, stat } from 'node:fs/promises';
import {
  CodeExecutionError,
  type PackageReport,
  type SubmissionReport,
} from '../../typescript/src/client.ts';
import { type Context, UsageError } from './options.ts';

const USAGE = 'say ces problem check PACKAGE.zip, or ces problem put ID PACKAGE.zip';
/** Codes of errors for which the package is to blame. */
const REFUSALS: readonly string[] = ['invalid_request', 'too_large'];
type Row = Pick<SubmissionReport, 'path' | 'expected' | 'status'>;

const HEADINGS: Row = { path: 'submission', expected: 'expected', status: 'got' };

export async function problem(context: Context): Promise<number> {
  const { options, terminal } = context;
  const report = await reportOf(context);
  if (report === null) return 1;
  if (options.json) terminal.print(JSON.stringify(report, null, 2));
  else show(report, context);
  return report.submissions.every(({ agrees }) => agrees === true) ? 0 : 1;
}

/** `null` for a package that the service refuses, with the reason on stderr. */
async function reportOf({ client, options, terminal }: Context): Promise<PackageReport | null> {
  const [action, ...words] = options.files;
  const [path, id] = action === 'put' ? [words[1], words[0]] : [words[0], undefined];
  const isComplete = words.length === (action === 'put' ? 2 : 1);
  if (path === undefined || !isComplete || !(action === 'check' || action === 'put'))
    throw new UsageError(USAGE);
  const archive = await readArchive(path);
  try {
    return await (id === undefined ? client.problems.check(archive) : client.problems.put(id, archive));
  } catch (error) {
    if (!(error instanceof CodeExecutionError) || !REFUSALS.includes(error.code)) throw error;
    terminal.printError(terminal.colour('red', error.message));
    return null;
  }
}

async function readArchive(path: string): Promise<Uint8Array> {
  if (!(await stat(path)).isDirectory()) return readFile(path);
  throw new UsageError(
    `${path} is a directory: make an archive of it first, with (cd ${path} && zip -r ../package.zip .)`,
  );
}

function show({ submissions, warnings, ...report }: PackageReport, context: Context): void {
  const { terminal } = context;
  showTable(submissions, context);
  for (const warning of warnings) terminal.print(terminal.colour('yellow', `warning: ${warning}`));
  terminal.print(`${report.name ?? 'the problem'}: ${report.tests} tests, time limit ${report.time_limit} s`);
  const agreeing = submissions.filter(({ agrees }) => agrees === true).length;
  const colour = agreeing === submissions.length ? 'green' : 'red';
  const sum = `${agreeing} of ${submissions.length} submissions end as expected`;
  terminal.print(terminal.colour(colour, sum));
  if (report.version !== null) terminal.print(`kept as ${report.id}@${report.version}`);
}

/** Of those that do not end as expected, also why. */
function showTable(submissions: readonly SubmissionReport[], { terminal }: Context): void {
  const line = tableOf([HEADINGS, ...submissions]);
  if (submissions.length > 0) terminal.print(terminal.colour('dim', line(HEADINGS).trimEnd()));
  for (const submission of submissions) {
    const { agrees, cpu_time_ms: ms, message } = submission;
    const colour = agrees === null ? 'yellow' : agrees ? 'green' : 'red';
    const time = ms === null ? '' : `${ms.toFixed(0)} ms`;
    terminal.print(terminal.colour(colour, `${line(submission)}  ${time}`.trimEnd()));
    if (agrees !== true && message !== null) terminal.print(message.trimEnd().replaceAll(/^/gm, '  '));
  }
}

/** What makes a line of a row, as wide as all of them need. */
function tableOf(rows: readonly Row[]): (row: Row) => string {
  const fields = ['path', 'expected', 'status'] as const;
  const widths = fields.map((field) => Math.max(...rows.map((row) => wordsOf(row[field]).length)));
  return (row) => fields.map((field, index) => wordsOf(row[field]).padEnd(widths[index] ?? 0)).join('  ');
}

function wordsOf(text: string | null): string {
  return text === null ? 'not run' : text.includes('/') ? text : text.replaceAll('_', ' ');
}
