// Compiles the programs of a problem before it is kept, so that one that does not compile is its author's to mend, and not
// found by the first submission.

import type { ExecuteRequest } from '../api/execution.ts';
import type { ProblemDefinition } from '../api/problem.ts';
import type { SubmittedFile } from '../api/request-fields.ts';
import { testlibHeader } from '../checkers/testlib-header.ts';
import { ServiceError } from '../errors.ts';
import { reason, rejectIfAny } from './field-reason.ts';
import type { ProofContext } from './prove-package.ts';
import type { Submit } from './submission.ts';

type Program = NonNullable<ProblemDefinition['interactor']>;

const MAX_MESSAGE = 2000;
/** A machine that is busy makes an author wait, and does not refuse a problem. */
const MAX_WAIT_MS = 300_000;

/** Of a definition that has been checked. Throws `invalid_request` with what the compiler wrote. */
export async function provePrograms(
  submit: Submit,
  definition: ProblemDefinition,
  context: ProofContext,
): Promise<void> {
  for (const [field, program] of programsOf(definition)) {
    const { status, compile } = await submit(compiledAlone(program), {
      ...context,
      onEvent: () => {},
      encoding: 'utf8',
      include: [],
      api: 'v1',
      waitForRoomMs: MAX_WAIT_MS,
      codeValidation: 'warn',
      trace: null,
    });
    if (status === 'internal_error') throw new ServiceError('unavailable', `${field} could not be compiled`);
    if (status !== 'compilation_error') continue;
    rejectIfAny([reason(field, `does not compile: ${(compile?.output ?? '').slice(0, MAX_MESSAGE)}`)]);
  }
}

/** The interactor of unit tests is left out: its tests need what only a program has. */
function programsOf({ checker, interactor }: ProblemDefinition): (readonly [field: string, Program])[] {
  return [
    ...(checker?.type === 'program' ? [['checker', checker] as const] : []),
    ...(interactor === undefined ? [] : [['interactor', interactor] as const]),
  ];
}

/** As a program that is run without anything to judge; how it ends is of no interest. */
function compiledAlone({
  language = '',
  version,
  code,
  files = [],
  protocol = 'testlib',
}: Program): ExecuteRequest {
  const header = testlibHeader();
  const isGiven = files.some(({ path }) => path === header.path);
  const headers: SubmittedFile[] =
    protocol !== 'testlib' || isGiven || !usesTestlib(code, files)
      ? []
      : [{ path: header.path, content: Buffer.from(header.content).toString('utf8') }];
  const all = [...files, ...headers];
  return {
    language,
    ...(version !== undefined && { version }),
    ...(code !== undefined && { code }),
    ...(all.length > 0 && { files: all }),
    time_limit: 1,
  };
}

/** Files of blobs may. */
function usesTestlib(code: string | undefined, files: readonly SubmittedFile[]): boolean {
  return (
    code?.includes(testlibHeader().path) === true ||
    files.some(
      ({ content, encoding }) =>
        typeof content !== 'string' ||
        Buffer.from(content, encoding ?? 'utf8').includes(testlibHeader().path),
    )
  );
}
