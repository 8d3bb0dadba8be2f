// Completes a request by what the service keeps for its owner: the problem that it names, and the blobs.

import type { ExecuteRequest } from '../api/execution.ts';
import { ServiceError } from '../errors.ts';
import type { KeptVersion, ProblemStore } from '../problems/problem-store.ts';
import { type LanguageCatalog, languageNamed } from './choose-toolchain.ts';
import { ANYONE } from './executions.ts';
import { shown } from './field-reason.ts';
import { type Blobs, type ResolvedRequest, resolveBlobs } from './resolved-request.ts';
import { referenceTo, withProblem } from './with-problem.ts';

const KEY_PREFIX = 'key:';

type Kept = Pick<ProblemStore, 'find' | 'findBlob' | 'readBlob'>;

const NO_BLOBS: Blobs = { findBlob: async () => null, readBlob: async () => null };

/** Who owns what a client keeps: its key, or everyone without one. */
export function ownerOfClient(clientId: string): string {
  return clientId.startsWith(KEY_PREFIX) ? clientId : ANYONE;
}

/** `reference` names the problem; `null` without one. Throws `not_found` for a problem of nobody, or of another owner. */
export async function completeRequest(
  request: ExecuteRequest,
  kept: Kept | undefined,
  clientId: string,
  languages: LanguageCatalog,
): Promise<{ request: ResolvedRequest; reference: string | null }> {
  const owner = ownerOfClient(clientId);
  if (request.problem === undefined) {
    return { request: await resolveBlobs(request, kept ?? NO_BLOBS, owner), reference: null };
  }
  const problem = await findProblem(kept, owner, request.problem);
  const completed = withProblem(request, problem, languageNamed(languages, request.language).language.id);
  return {
    request: await resolveBlobs(completed, kept ?? NO_BLOBS, owner),
    reference: referenceTo(problem),
  };
}

/** By `ID` or `ID@VERSION`. */
export async function findProblem(
  kept: Pick<ProblemStore, 'find'> | undefined,
  owner: string,
  reference: string,
): Promise<KeptVersion> {
  const [id = '', version] = reference.split('@');
  const found = await kept?.find(owner, id, version);
  if (found) return found;
  throw new ServiceError('not_found', `There is no problem ${shown(reference)}`);
}
