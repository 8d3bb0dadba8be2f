// Looks up known vulnerabilities of the packages that the service needs at run time, with `npm audit`. Exits with 1 if one of
// them is of high or critical severity. A registry that does not answer the question is reported and is not a failure.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..');
const FAILING = ['critical', 'high'];
/** The question to the registry: part of npm's message if the registry refuses it or cannot be reached. */
const QUESTION = '/-/npm/v1/security/';
/** npm tries again, with pauses; this is the end of it. */
const TIMEOUT_MS = 120_000;
/** Of npm's output. */
const MAX_BYTES = 64 * 1024 * 1024;

interface Report {
  readonly auditReportVersion?: number;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
}

function parse(text: string): Report {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return {};
  }
}

const { stdout, stderr, error } = spawnSync('npm', ['audit', '--json', '--omit=dev'], {
  cwd: PROJECT,
  encoding: 'utf8',
  timeout: TIMEOUT_MS,
  maxBuffer: MAX_BYTES,
});
const report = parse(stdout ?? '');
if (report.auditReportVersion === undefined) {
  const reason = (report.message || report.error?.summary || error?.message || stderr || 'no output').trim();
  const isUnanswered = error !== undefined || reason.includes(QUESTION);
  console.log(
    `security audit: not done, ${isUnanswered ? 'the registry does not answer' : 'npm failed'}: ${reason}`,
  );
  if (!isUnanswered) process.exitCode = 1;
} else {
  const found = Object.entries(report.vulnerabilities ?? {});
  for (const [name, { severity, range }] of found) console.log(`${severity}: ${name} ${range}`);
  const failing = found.filter(([, { severity }]) => FAILING.includes(severity));
  console.log(
    `security audit: ${found.length} vulnerable packages, ${failing.length} of high or critical severity`,
  );
  if (failing.length > 0) process.exitCode = 1;
}
