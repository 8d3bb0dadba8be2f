// The one form of a problem's definition that is kept: short text is in it, all other data is a blob, however the client
// sent it. So the same content has the same version.

import { isUtf8 } from 'node:buffer';
import { type BlobReference, isBlob } from '../api/blob.ts';
import type { ProblemDefinition } from '../api/problem.ts';
import type { SubmittedFile, TestCase } from '../api/request-fields.ts';
import { bytesOfText, type TextEncoding } from '../api/text-encoding.ts';
import { PROBLEM_LIMITS } from '../limits.ts';
import { sha256Of } from '../problems/blobs-named.ts';
import type { ProblemStore } from '../problems/problem-store.ts';

export type BlobStore = Pick<ProblemStore, 'addBlob' | 'findBlob' | 'readBlob'>;

interface Datum {
  readonly isText: boolean;
  readonly isShort: boolean;
  /** `null` for a long blob. */
  readonly bytes: Buffer | null;
  readonly sha256: string;
}

/** Of a definition whose blobs are all there, and whose texts are valid. Stores what it makes blobs of. */
export async function canonicalDefinition(
  definition: ProblemDefinition,
  blobs: BlobStore,
  owner: string,
): Promise<ProblemDefinition> {
  const {
    test_cases: tests,
    files,
    language_files,
    checker,
    interactor,
    unit_tests: unitTests,
    ...rest
  } = definition;
  const kept = { blobs, owner };
  const canonicalTests: TestCase[] = [];
  for (const test of tests) canonicalTests.push(await canonicalTest(kept, test));
  return {
    ...rest,
    test_cases: canonicalTests,
    ...(files && { files: await canonicalFiles(kept, files) }),
    ...(language_files && { language_files: await canonicalLanguageFiles(kept, language_files) }),
    ...(checker && { checker: await canonicalProgram(kept, checker) }),
    ...(interactor && { interactor: await canonicalProgram(kept, interactor) }),
    ...(unitTests && { unit_tests: await canonicalProgram(kept, unitTests) }),
  };
}

interface Kept {
  readonly blobs: BlobStore;
  readonly owner: string;
}

async function canonicalProgram<T extends { files?: SubmittedFile[] }>(kept: Kept, program: T): Promise<T> {
  const { files } = program;
  return files === undefined ? program : { ...program, files: await canonicalFiles(kept, files) };
}

async function canonicalFiles(kept: Kept, files: readonly SubmittedFile[]): Promise<SubmittedFile[]> {
  const canonical: SubmittedFile[] = [];
  for (const { path, content, encoding } of files) {
    canonical.push({ path, content: await writtenDatum(kept, await datumOf(kept, content, encoding), true) });
  }
  return canonical;
}

async function canonicalLanguageFiles(
  kept: Kept,
  files: Readonly<Record<string, readonly SubmittedFile[]>>,
): Promise<Record<string, SubmittedFile[]>> {
  const canonical: Record<string, SubmittedFile[]> = {};
  for (const [language, each] of Object.entries(files))
    canonical[language] = await canonicalFiles(kept, each);
  return canonical;
}

async function canonicalTest(kept: Kept, test: TestCase): Promise<TestCase> {
  const { input, expected_output: expected, encoding, is_hidden: isHidden, ...rest } = test;
  const data = await Promise.all(
    [input, expected].map((datum) => (datum === undefined ? null : datumOf(kept, datum, encoding))),
  );
  const [ofInput, ofExpected] = data;
  const areTexts = data.every((datum) => datum?.isText ?? true);
  return {
    ...rest,
    is_hidden: isHidden ?? true,
    ...(ofInput && { input: await writtenDatum(kept, ofInput, areTexts) }),
    ...(ofExpected && { expected_output: await writtenDatum(kept, ofExpected, areTexts) }),
  };
}

async function datumOf(
  { blobs, owner }: Kept,
  datum: string | BlobReference,
  encoding: TextEncoding = 'utf8',
): Promise<Datum> {
  if (!isBlob(datum)) {
    const bytes = bytesOfText(datum, encoding);
    const isShort = bytes.length <= PROBLEM_LIMITS.inlineBytes;
    return { isText: isUtf8(bytes), isShort, bytes, sha256: sha256Of(bytes) };
  }
  const info = await blobs.findBlob(owner, datum.blob);
  const isShort = info !== null && info.bytes <= PROBLEM_LIMITS.inlineBytes;
  const bytes = isShort ? await blobs.readBlob(owner, datum.blob) : null;
  return { isText: info?.isText ?? true, isShort, bytes, sha256: datum.blob };
}

/** A text where all that belongs together is text, else a blob. */
async function writtenDatum(
  { blobs, owner }: Kept,
  { isText, isShort, bytes, sha256 }: Datum,
  areTexts: boolean,
): Promise<string | BlobReference> {
  if (isShort && isText && areTexts && bytes !== null) return bytes.toString('utf8');
  if (bytes !== null) await blobs.addBlob(owner, sha256, bytes);
  return { blob: sha256 };
}
