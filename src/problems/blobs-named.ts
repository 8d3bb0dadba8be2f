// The blobs that a version of a problem names, and the version itself: a digest of the content.

import { createHash } from 'node:crypto';
import { type BlobReference, isBlob } from '../api/blob.ts';
import { PROBLEM_VERSION_LENGTH } from '../limits.ts';
import type { ProblemContent } from './problem-store.ts';

/** Each once. */
export function blobsNamed({ definition, files }: ProblemContent): readonly string[] {
  const { test_cases: tests, files: harness = [], checker, interactor, unit_tests: unitTests } = definition;
  const ofLanguages = Object.values(definition.language_files ?? {}).flat();
  const programs = [checker, interactor, unitTests].flatMap((program) => program?.files ?? []);
  const texts: (string | BlobReference | undefined)[] = [
    ...tests.flatMap(({ input, expected_output: expected }) => [input, expected]),
    ...[...harness, ...ofLanguages, ...programs].map(({ content }) => content),
  ];
  const named = texts.filter(isBlob).map(({ blob }) => blob);
  return [...new Set([...named, ...(files ?? []).map(({ blob }) => blob)])];
}

/** The same for the same content, whatever the order of its keys. */
export function versionOf({ definition, files }: ProblemContent): string {
  const text = JSON.stringify(sorted({ definition, files }));
  return createHash('sha256').update(text).digest('hex').slice(0, PROBLEM_VERSION_LENGTH);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, each]) => [key, sorted(each)]),
  );
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
