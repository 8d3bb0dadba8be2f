// Runs the submissions in a package against its problem: the author's test of the problem, and ours of the judge.

import type { ExecutionResult, ExecutionStatus } from '../api/execution.ts';
import type { ProblemDefinition, SubmissionReport } from '../api/problem.ts';
import { ServiceError } from '../errors.ts';
import { REQUEST_LIMITS } from '../limits.ts';
import { asFile } from '../problems/package/read-package.ts';
import type { JudgeVerdict, Requirement } from '../problems/package/submission-rules.ts';
import type { Submission } from '../problems/package/submissions.ts';
import type { SubmissionContext, Submit } from './submission.ts';
import { withProblem } from './with-problem.ts';

/** Who has the submissions run. */
export type ProofContext = Pick<SubmissionContext, 'signal' | 'requestId' | 'keyName' | 'clientId'>;

/** All together; what has not run by then says so. */
const MAX_PROOF_MS = 900_000;
const AT_ONCE = 2;
const PASSING: readonly ExecutionStatus[] = ['accepted', 'skipped', 'partially_accepted'];

/** In the order of the submissions. Rejects if the client is gone. */
export async function prove(
  submit: Submit,
  definition: ProblemDefinition,
  submissions: readonly Submission[],
  context: ProofContext,
): Promise<readonly SubmissionReport[]> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(MAX_PROOF_MS)]);
  const reports: SubmissionReport[] = [];
  const waiting = [...submissions.entries()];
  const runSome = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, submission] = next;
      reports[index] = await report(submit, definition, submission, { ...context, signal });
      context.signal.throwIfAborted();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runSome));
  return reports;
}

async function report(
  submit: Submit,
  definition: ProblemDefinition,
  submission: Submission,
  context: ProofContext,
): Promise<SubmissionReport> {
  const { path, language, expected, files } = submission;
  const common = { path, language, expected };
  try {
    const kept = { id: '', version: '', createdAtMs: 0, definition, files: null };
    const completed = withProblem({ language, files: files.map(asFile) }, kept, language);
    // What is required of single tests is seen only if each is run.
    const { stop_on_failure: _stop, ...all } = completed;
    const request = submission.requirements.length > 0 ? all : completed;
    const result = await submit(request, {
      ...context,
      onEvent: () => {},
      encoding: 'utf8',
      include: [],
      api: 'v1',
      waitForRoomMs: MAX_PROOF_MS,
      trace: null,
    });
    return { ...common, ...outcomeOf(submission, result) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { ...common, status: null, agrees: null, score: null, cpu_time_ms: null, message: error.message };
  }
}

/** What the machine failed at says nothing of a submission. */
function outcomeOf(
  { statuses, requirements }: Submission,
  result: ExecutionResult,
): Omit<SubmissionReport, 'path' | 'language' | 'expected'> {
  const { status, results, summary, cpu_time_ms: time, warnings, compile } = result;
  const first = results.find((test) => !PASSING.includes(test.status));
  const found = [status, ...(status === 'partially_accepted' && first ? [first.status] : [])];
  const isOurs = status === 'internal_error' || status === 'cancelled';
  const isExpected =
    requirements.length > 0
      ? requirements.every((requirement) => isMet(requirement, result))
      : found.some((each) => statuses.includes(each));
  const agrees = isOurs ? null : isExpected;
  const [message = null] = [
    ...(agrees === false && status === 'compilation_error' ? [compile?.output.slice(0, 1000) ?? null] : []),
    ...(first?.name != null ? [`${first.status} in ${first.name}`] : []),
    ...warnings,
  ];
  return { status, agrees, score: summary.score, cpu_time_ms: time, message };
}

const VERDICTS_BY_STATUS: Partial<Record<ExecutionStatus, readonly JudgeVerdict[]>> = {
  accepted: ['AC'],
  partially_accepted: ['AC'],
  wrong_answer: ['WA'],
  output_limit_exceeded: ['WA', 'RTE'],
  time_limit_exceeded: ['TLE'],
  runtime_error: ['RTE'],
  memory_limit_exceeded: ['RTE'],
  security_violation: ['RTE'],
};

/** Tests that were not run count neither way; one without a verdict, such as an error of the checker, is never permitted. */
function isMet({ scope, permitted, required }: Requirement, { results }: ExecutionResult): boolean {
  const inScope = results.filter(
    ({ name, status }) => status !== 'skipped' && (scope === null || scope.has(name ?? '')),
  );
  const verdicts = inScope.map(({ status }) => VERDICTS_BY_STATUS[status] ?? []);
  const has = (some: readonly JudgeVerdict[]) => (each: readonly JudgeVerdict[]) =>
    each.some((verdict) => some.includes(verdict));
  return verdicts.every(has(permitted)) && verdicts.some(has(required));
}

/** Seconds: what the slowest accepted submission takes, times the multiplier of the package, rounded up. */
export function neededTimeLimit(reports: readonly SubmissionReport[], multiplier: number): number | null {
  const times = reports.flatMap(({ status, cpu_time_ms: ms }) =>
    status === 'accepted' && ms !== null ? [ms] : [],
  );
  if (times.length === 0) return null;
  const { minimum, maximum } = REQUEST_LIMITS.time_limit;
  return Math.min(Math.max(Math.ceil((Math.max(...times) / 1000) * multiplier), minimum), maximum);
}
