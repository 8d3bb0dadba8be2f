// A request whose references to blobs are resolved: files are at hand, and data of tests is either short and at hand, or
// named by its digest until the test is run.

import { type BlobReference, isBlob } from '../api/blob.ts';
import type { CheckerChoice } from '../api/checker-choice.ts';
import type { ExecuteRequest } from '../api/execution.ts';
import type { SubmittedFile, TestCase } from '../api/request-fields.ts';
import type { FieldReason } from '../errors.ts';
import type { TestData } from '../execution/task.ts';
import { REQUEST_SIZES } from '../limits.ts';
import type { BlobInfo, ProblemStore } from '../problems/problem-store.ts';
import { reason, rejectIfAny, shown } from './field-reason.ts';

export type FileAtHand = Omit<SubmittedFile, 'content'> & { readonly content: string };
export type ResolvedTest = Omit<TestCase, 'input' | 'expected_output'> & {
  readonly input?: string;
  readonly expected_output?: string;
  readonly data?: TestData;
};
type WithFiles<T> = Omit<T, 'files'> & { files?: FileAtHand[] };
export type ResolvedChecker = WithFiles<CheckerChoice>;
export type ResolvedRequest = WithFiles<
  Omit<ExecuteRequest, 'test_cases' | 'checker' | 'interactor' | 'unit_tests'>
> & {
  test_cases?: ResolvedTest[];
  checker?: ResolvedChecker;
  interactor?: WithFiles<NonNullable<ExecuteRequest['interactor']>>;
  unit_tests?: WithFiles<NonNullable<ExecuteRequest['unit_tests']>>;
};

export type Blobs = Pick<ProblemStore, 'findBlob' | 'readBlob'>;

/** Blobs as the owner of a request sees them. */
interface Resolving {
  readonly blobs: Blobs;
  readonly owner: string;
  readonly reasons: FieldReason[];
}

/** Throws `invalid_request` for a blob that is not there, or is too large for what it stands for. */
export async function resolveBlobs(
  request: ExecuteRequest,
  blobs: Blobs,
  owner: string,
): Promise<ResolvedRequest> {
  if (!namesBlobs(request)) return request as ResolvedRequest;
  const resolving = { blobs, owner, reasons: [] };
  const { files, test_cases: tests, checker, interactor, unit_tests: unitTests, ...rest } = request;
  const resolved = {
    ...rest,
    ...(files && { files: await resolveFiles(resolving, 'files', files) }),
    ...(tests && { test_cases: await resolveTests(resolving, tests) }),
    ...(checker && { checker: await resolveProgram(resolving, 'checker', checker) }),
    ...(interactor && { interactor: await resolveProgram(resolving, 'interactor', interactor) }),
    ...(unitTests && { unit_tests: await resolveProgram(resolving, 'unit_tests', unitTests) }),
  };
  rejectIfAny(resolving.reasons);
  return resolved;
}

function namesBlobs({
  files = [],
  test_cases: tests = [],
  checker,
  interactor,
  unit_tests: unitTests,
}: ExecuteRequest): boolean {
  const programs = [checker, interactor, unitTests].flatMap((program) => program?.files ?? []);
  return (
    tests.some(({ input, expected_output: expected }) => isBlob(input) || isBlob(expected)) ||
    [...files, ...programs].some(({ content }) => isBlob(content))
  );
}

async function resolveProgram<T extends { files?: SubmittedFile[] }>(
  resolving: Resolving,
  field: string,
  { files, ...program }: T,
): Promise<WithFiles<T>> {
  if (files === undefined) return program;
  return { ...program, files: await resolveFiles(resolving, `${field}.files`, files) };
}

async function resolveFiles(
  resolving: Resolving,
  field: string,
  files: readonly SubmittedFile[],
): Promise<FileAtHand[]> {
  let bytesLeft: number = REQUEST_SIZES.filesBytes;
  const resolved: FileAtHand[] = [];
  for (const [index, { content, ...file }] of files.entries()) {
    if (!isBlob(content)) {
      resolved.push({ ...file, content });
      continue;
    }
    const path = `${field}[${index}].content`;
    const info = await findBlob(resolving, path, content, bytesLeft);
    if (info === null) continue;
    bytesLeft -= info.bytes;
    const bytes = await resolving.blobs.readBlob(resolving.owner, content.blob);
    if (bytes === null) resolving.reasons.push(unknownBlob(path, content));
    else resolved.push({ ...file, content: bytes.toString('base64'), encoding: 'base64' });
  }
  return resolved;
}

async function resolveTests(resolving: Resolving, tests: readonly TestCase[]): Promise<ResolvedTest[]> {
  const resolved: ResolvedTest[] = [];
  for (const [index, test] of tests.entries())
    resolved.push(await resolveTest(resolving, `test_cases[${index}]`, test));
  return resolved;
}

async function resolveTest(resolving: Resolving, field: string, test: TestCase): Promise<ResolvedTest> {
  const { input, expected_output: expected, encoding, ...rest } = test;
  const ofInput = await resolveDatum(resolving, `${field}.input`, input);
  const ofExpected = await resolveDatum(resolving, `${field}.expected_output`, expected);
  const isText = (ofInput?.isText ?? true) && (ofExpected?.isText ?? true);
  const data = {
    ...(ofInput && { input: ofInput.sha256 }),
    ...(ofExpected && { expectedOutput: ofExpected.sha256 }),
  };
  return {
    ...rest,
    ...(!isText && { encoding: 'base64' as const }),
    ...(isText && encoding !== undefined && { encoding }),
    ...(typeof input === 'string' && { input: isText ? input : asBase64(input, encoding) }),
    ...(typeof expected === 'string' && {
      expected_output: isText ? expected : asBase64(expected, encoding),
    }),
    ...((ofInput || ofExpected) && { data }),
  };
}

function asBase64(text: string, encoding: TestCase['encoding']): string {
  return encoding === 'base64' ? text : Buffer.from(text, 'utf8').toString('base64');
}

async function resolveDatum(resolving: Resolving, path: string, datum: string | BlobReference | undefined) {
  if (!isBlob(datum)) return null;
  const info = await findBlob(resolving, path, datum, REQUEST_SIZES.textBytes);
  return info && { ...info, sha256: datum.blob };
}

async function findBlob(
  { blobs, owner, reasons }: Resolving,
  path: string,
  reference: BlobReference,
  maxBytes: number,
): Promise<BlobInfo | null> {
  const info = await blobs.findBlob(owner, reference.blob);
  if (info === null) reasons.push(unknownBlob(path, reference));
  else if (info.bytes > maxBytes)
    reasons.push(reason(path, `must have at most ${maxBytes} bytes, got a blob of ${info.bytes}`));
  return info !== null && info.bytes <= maxBytes ? info : null;
}

function unknownBlob(path: string, { blob }: BlobReference): FieldReason {
  return reason(`${path}.blob`, `must be the SHA-256 of a blob that is kept, got ${shown(blob)}`);
}
