// Problems that the service keeps, as their owners see them: put, shown, listed, removed. It knows nothing of HTTP, nor of
// how they are stored.

import type { ExecuteRequest } from '../api/execution.ts';
import type { KeptProblem, ProblemDefinition, ProblemPage, ProblemSummary } from '../api/problem.ts';
import { ServiceError } from '../errors.ts';
import type { Language } from '../languages/language.ts';
import { PROBLEM_ID_FORM, PROBLEM_ID_PATTERN } from '../limits.ts';
import { sha256Of, versionOf } from '../problems/blobs-named.ts';
import type { KeptVersion, PackageFile, ProblemStore } from '../problems/problem-store.ts';
import { type AcceptParts, rejectLargeOutputs } from './accept.ts';
import { canonicalDefinition } from './canonical-definition.ts';
import { checkerOf, interactorOf } from './chosen-checker.ts';
import { groupsOf } from './chosen-groups.ts';
import { findProblem } from './complete-request.ts';
import { reason, rejectIfAny, shown } from './field-reason.ts';
import type { ProofContext } from './prove-package.ts';
import { provePrograms } from './prove-programs.ts';
import { resolveBlobs } from './resolved-request.ts';
import { sourceFilesOf } from './source-files.ts';
import type { Submit } from './submission.ts';
import { validateTexts } from './validate-texts.ts';

export type ProblemParts = Omit<AcceptParts, 'problems' | 'validate'> & { readonly store: ProblemStore };

/** All methods reject with a `ServiceError`: `not_found` for what another owner has. */
export interface Problems {
  /** False if it was there already. Rejects with `invalid_request` for content with another digest. */
  putBlob(owner: string, sha256: string, content: Uint8Array): Promise<boolean>;
  blobBytes(owner: string, sha256: string): Promise<number>;
  readBlob(owner: string, sha256: string): Promise<Uint8Array>;
  /** Makes the definition the latest version, once its checker and its interactor compile. */
  put(
    owner: string,
    id: string,
    definition: ProblemDefinition,
    context: ProofContext,
  ): Promise<ProblemSummary>;
  /** By `ID` or `ID@VERSION`. */
  get(owner: string, reference: string): Promise<KeptProblem>;
  list(
    owner: string,
    options: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<ProblemPage>;
  remove(owner: string, id: string): Promise<void>;
}

export function createProblems(parts: ProblemParts & { readonly submit: Submit }): Problems {
  const { store, submit } = parts;
  return {
    putBlob: (owner, sha256, content) => {
      const found = sha256Of(content);
      if (found === sha256) return store.addBlob(owner, sha256, content);
      const message = `sha256 must be the SHA-256 of the body, which is ${found}, got ${shown(sha256)}`;
      throw new ServiceError('invalid_request', message, { errors: [{ path: 'sha256', message }] });
    },
    blobBytes: async (owner, sha256) => {
      const info = await store.findBlob(owner, sha256);
      if (info === null) throw noBlob(sha256);
      return info.bytes;
    },
    readBlob: async (owner, sha256) => {
      const content = await store.readBlob(owner, sha256);
      if (content === null) throw noBlob(sha256);
      return content;
    },
    put: async (owner, id, definition, context) => {
      const checked = await checkedDefinition(parts, owner, definition);
      await provePrograms(submit, checked, context);
      return summaryOf(await keep(store, owner, id, checked, null));
    },
    get: async (owner, reference) => {
      const kept = await findProblem(store, owner, reference);
      const versions = await store.versions(owner, kept.id);
      return {
        ...summaryOf(kept),
        versions: versions.map(({ version, createdAtMs }) => ({
          version,
          created_at: new Date(createdAtMs).toISOString(),
        })),
        definition: kept.definition,
      };
    },
    list: async (owner, { after = '', limit }) => {
      const ids = await store.list(owner, { after, limit });
      const kept = await Promise.all(ids.map((id) => store.find(owner, id)));
      return {
        problems: kept.filter((each) => each !== null).map(summaryOf),
        next_cursor: ids.length < limit ? null : (ids.at(-1) ?? null),
      };
    },
    remove: async (owner, id) => {
      if (!(await store.remove(owner, id))) throw noProblem(id);
    },
  };
}

function noBlob(sha256: string): ServiceError {
  return new ServiceError('not_found', `There is no blob ${shown(sha256)}`);
}

function noProblem(id: string): ServiceError {
  return new ServiceError('not_found', `There is no problem ${shown(id)}`);
}

/** The version is made from the content. */
export function keep(
  store: ProblemStore,
  owner: string,
  id: string,
  definition: ProblemDefinition,
  files: readonly PackageFile[] | null,
): Promise<KeptVersion> {
  if (!new RegExp(`^${PROBLEM_ID_PATTERN}$`).test(id)) {
    rejectIfAny([reason('id', `must be ${PROBLEM_ID_FORM}, got ${shown(id)}`)]);
  }
  const content = { definition, files };
  return store.add(owner, id, versionOf(content), content);
}

export function summaryOf({ id, version, createdAtMs, definition }: KeptVersion): ProblemSummary {
  return {
    id,
    version,
    name: definition.name ?? null,
    tests: definition.test_cases.length,
    created_at: new Date(createdAtMs).toISOString(),
  };
}

/** Stands for any language: only the harness of a problem is looked at, and no code. */
const ANY_LANGUAGE: Pick<Language, 'sourceFile' | 'fileExtension'> = {
  sourceFile: () => '.code',
  fileExtension: '',
};

/** The definition as it is kept. Rejects what no request could be run with, for the same reasons. */
export async function checkedDefinition(
  parts: ProblemParts,
  owner: string,
  definition: ProblemDefinition,
): Promise<ProblemDefinition> {
  const { settings, store } = parts;
  const { name: _name, language_files: ofLanguages = {}, ...rules } = definition;
  const request: ExecuteRequest = { ...rules, code: '-', language: '-' };
  const resolved = await resolveBlobs(request, store, owner);
  validateTexts(resolved, settings.maxCodeLength);
  rejectLargeOutputs(resolved);
  const { entry: _entry, ...harness } = resolved;
  sourceFilesOf(harness, ANY_LANGUAGE, settings.maxCodeLength);
  for (const [language, files] of Object.entries(ofLanguages)) {
    if (language !== 'default' && parts.languages.find(language)?.id !== language)
      rejectIfAny([
        reason('language_files', `must be by ids of languages, or default, got ${shown(language)}`),
      ]);
    const included = await resolveBlobs({ files, code: '-', language: '-' }, store, owner);
    sourceFilesOf(included, ANY_LANGUAGE, settings.maxCodeLength);
  }
  checkerOf(parts, resolved);
  interactorOf(parts, resolved);
  groupsOf(resolved);
  return canonicalDefinition(definition, store, owner);
}
