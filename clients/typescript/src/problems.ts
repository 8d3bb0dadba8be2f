// Problems that the service keeps, and blobs: large data that stands under its digest.

import { CodeExecutionError } from './errors.ts';
import type { Call, CallOptions, Send } from './http.ts';
import type { KeptProblem, PackageReport, ProblemDefinition, ProblemSummary, Schemas } from './types.ts';

export interface Problems {
  /** Keeps a problem, or a new version of it. */
  put(id: string, definition: ProblemDefinition, options?: CallOptions): Promise<ProblemSummary>;
  /** A package of ICPC, Kattis or Polygon as a ZIP. The submissions in it are run first, for at most 5 minutes by default. */
  put(id: string, archive: Uint8Array, options?: CallOptions): Promise<PackageReport>;
  /** By `ID` or `ID@VERSION`. */
  get(reference: string, options?: CallOptions): Promise<KeptProblem>;
  /** By id, page by page. */
  list(options?: CallOptions): AsyncIterable<ProblemSummary>;
  /** Removes all its versions. */
  delete(id: string, options?: CallOptions): Promise<void>;
  /** As `put` of a package, and nothing is kept. */
  check(archive: Uint8Array, options?: CallOptions): Promise<PackageReport>;
  /** A ZIP archive that is the same version when it is put again. */
  package(reference: string, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Blobs {
  /** Resolves with the SHA-256, which requests name as `{ blob }`. */
  put(content: Uint8Array | string, options?: CallOptions): Promise<string>;
  has(sha256: string, options?: CallOptions): Promise<boolean>;
  get(sha256: string, options?: CallOptions): Promise<Uint8Array<ArrayBuffer>>;
}

/** As long as Node's `fetch` waits for an answer. */
const PACKAGE_TIMEOUT_MS = 300_000;
const PAGE = 100;
const ZIP = { 'content-type': 'application/zip' };
const BYTES = { 'content-type': 'application/octet-stream' };

export function createProblems(send: Send): Problems {
  const json = async <T>(call: Call) => (await (await send(call)).json()) as T;
  const path = (reference: string) => `/problems/${encodeURIComponent(reference)}`;
  return {
    put: (id: string, body: ProblemDefinition | Uint8Array, given: CallOptions = {}) =>
      json<ProblemSummary & PackageReport>({
        ...(body instanceof Uint8Array ? archived(body, given) : { ...given, body, isRepeatable: true }),
        method: 'PUT',
        path: path(id),
      }),
    get: (reference, given = {}) => json({ ...given, path: path(reference), isRepeatable: true }),
    list: (given = {}) =>
      listAll((query) => json({ ...given, path: '/problems', query, isRepeatable: true })),
    delete: async (id, given = {}) => {
      await send({ ...given, method: 'DELETE', path: path(id), isRepeatable: true });
    },
    check: (archive, given = {}) =>
      json({ ...archived(archive, given), method: 'POST', path: '/problems/check' }),
    package: async (reference, given = {}) =>
      bytesOf(await send({ ...given, path: `${path(reference)}/package`, isRepeatable: true })),
  };
}

export function createBlobs(send: Send): Blobs {
  const path = (sha256: string) => `/blobs/${encodeURIComponent(sha256)}`;
  return {
    put: async (content, given = {}) => {
      const body = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      const sha256 = await digestOf(body);
      await send({ ...given, method: 'PUT', path: path(sha256), body, headers: BYTES, isRepeatable: true });
      return sha256;
    },
    has: async (sha256, given = {}) => {
      try {
        await send({ ...given, method: 'HEAD', path: path(sha256), isRepeatable: true });
        return true;
      } catch (error) {
        if (error instanceof CodeExecutionError && error.status === 404) return false;
        throw error;
      }
    },
    get: async (sha256, given = {}) =>
      bytesOf(await send({ ...given, path: path(sha256), isRepeatable: true })),
  };
}

/** A package's submissions are not run twice after a broken connection. */
function archived(body: Uint8Array, { timeoutMs = PACKAGE_TIMEOUT_MS, ...given }: CallOptions) {
  return { ...given, timeoutMs, body, headers: ZIP, isRepeatable: false };
}

async function* listAll(
  page: (query: Record<string, string | number>) => Promise<Schemas['ProblemPage']>,
): AsyncGenerator<ProblemSummary> {
  let cursor: string | null = '';
  while (cursor !== null) {
    const { problems, next_cursor } = await page({ limit: PAGE, ...(cursor !== '' && { cursor }) });
    yield* problems;
    cursor = next_cursor;
  }
}

async function bytesOf(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await answer.arrayBuffer());
}

async function digestOf(content: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
