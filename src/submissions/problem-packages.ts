// Packages of problems: read from an archive with the authors' submissions as their proof, and written as an archive that
// is read as the same problem again.

import { Readable } from 'node:stream';
import type { PackageReport, ProblemDefinition } from '../api/problem.ts';
import { ServiceError } from '../errors.ts';
import { PROBLEM_LIMITS, REQUEST_LIMITS } from '../limits.ts';
import { blobsNamed, sha256Of } from '../problems/blobs-named.ts';
import {
  checkedDefinition as checkedForm,
  exportedFiles,
  isExported,
  readExported,
} from '../problems/package/exported.ts';
import { PackageFault, type PackageFiles, packageFiles } from '../problems/package/package-files.ts';
import { isPolygon, readPolygon } from '../problems/package/polygon.ts';
import { POLYGON_MAIN } from '../problems/package/polygon-tests.ts';
import { type ReadPackage, readPackage } from '../problems/package/read-package.ts';
import { writeZip } from '../problems/package/write-zip.ts';
import type { PackageFile } from '../problems/problem-store.ts';
import { filesInZip, ZipFault } from '../zip-files.ts';
import { findProblem } from './complete-request.ts';
import { checkedDefinition, keep, type ProblemParts, summaryOf } from './problems.ts';
import { neededTimeLimit, type ProofContext, prove } from './prove-package.ts';
import { provePrograms } from './prove-programs.ts';
import type { Submit } from './submission.ts';

export interface ProblemPackages {
  /** `id` names the problem; `null` only checks the package, and keeps nothing of it. */
  read(owner: string, id: string | null, archive: Buffer, context: ProofContext): Promise<PackageReport>;
  /** An archive of a problem by `ID` or `ID@VERSION`, which is made as it is read. */
  write(owner: string, reference: string): Promise<WrittenPackage>;
}

interface WrittenPackage {
  readonly archive: Readable;
  /** Most bytes that are in memory at a time. */
  readonly heldBytes: number;
}

const MAX_WARNINGS = 100;

interface Opened extends ReadPackage {
  readonly files: readonly PackageFile[] | null;
}

export function createProblemPackages(parts: ProblemParts & { readonly submit: Submit }): ProblemPackages {
  const { store, submit } = parts;
  // Of the archives that are unpacked, one at a time is in memory.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  return {
    read: async (owner, id, archive, context) => {
      const opened = await inTurn(() => open(parts, owner, archive));
      await provePrograms(submit, opened.definition, context);
      const { definition, reports } = await judge(submit, opened, context);
      const { files } = opened;
      const warnings = opened.warnings.slice(0, MAX_WARNINGS);
      const kept = id === null ? null : await keep(store, owner, id, definition, files);
      const common = { name: definition.name ?? null, tests: definition.test_cases.length };
      return {
        ...(kept === null ? { id, version: null, ...common, created_at: null } : summaryOf(kept)),
        time_limit: definition.time_limit ?? REQUEST_LIMITS.time_limit.default,
        agrees: reports.every(({ agrees }) => agrees !== false),
        submissions: [...reports],
        warnings: [...warnings],
      };
    },
    write: async (owner, reference) => {
      const kept = await findProblem(store, owner, reference);
      const read = async (blob: string) => {
        const content = await store.readBlob(owner, blob);
        if (content !== null) return content;
        throw new ServiceError('internal_error', 'a blob is missing', { cause: new Error(blob) });
      };
      const sizes = await Promise.all(
        blobsNamed(kept).map(async (blob) => (await store.findBlob(owner, blob))?.bytes ?? 0),
      );
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      if (bytes > PROBLEM_LIMITS.packageBytes) {
        const most = PROBLEM_LIMITS.packageBytes;
        throw new ServiceError(
          'too_large',
          `An archive has at most ${most} bytes of data, and the problem has ${bytes}`,
        );
      }
      const heldBytes = 2 * sizes.reduce((most, size) => Math.max(most, size), 0);
      return { archive: Readable.from(writeZip(exportedFiles(kept, read))), heldBytes };
    },
  };
}

async function open(parts: ProblemParts, owner: string, archive: Buffer): Promise<Opened> {
  const files = await unpack(archive);
  const isOwn = isExported(files);
  const read = blaming(() => {
    const [main, read] = formatOf(files);
    const found = read(files);
    return { ...found, definition: checkedForm(found.definition, main) };
  });
  const listed: PackageFile[] = [];
  for (const [path, content] of files) {
    const blob = sha256Of(content);
    await parts.store.addBlob(owner, blob, content);
    listed.push({ path, blob });
  }
  const definition = await checkedDefinition(parts, owner, read.definition);
  return { ...read, definition, files: isOwn ? null : listed };
}

function formatOf(files: PackageFiles): readonly [main: string, read: (files: PackageFiles) => ReadPackage] {
  if (isExported(files)) return ['problem.json', readExported];
  return isPolygon(files) ? [POLYGON_MAIN, readPolygon] : ['problem.yaml', readPackage];
}

async function unpack(archive: Buffer): Promise<PackageFiles> {
  const bounds = { files: PROBLEM_LIMITS.packageFiles, bytes: PROBLEM_LIMITS.packageBytes };
  try {
    return packageFiles(await filesInZip(archive, bounds), ['problem.yaml', 'problem.json', POLYGON_MAIN]);
  } catch (error) {
    if (error instanceof ZipFault) throw new ServiceError('invalid_request', `The package ${error.message}`);
    if (error instanceof PackageFault) throw faulty(error);
    throw error;
  }
}

function blaming<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof PackageFault ? faulty(error) : error;
  }
}

function faulty({ path, message }: PackageFault): ServiceError {
  return new ServiceError('invalid_request', message, { errors: [{ path, message }] });
}

/** Without a time limit, the accepted submissions run first, with all the time there is, and show how much they need. */
async function judge(submit: Submit, opened: Opened, context: ProofContext) {
  const { definition, hasTimeLimit, timeMultiplier, submissions } = opened;
  if (hasTimeLimit) return { definition, reports: await prove(submit, definition, submissions, context) };
  const isAccepted = ({ expected }: { expected: string }) => expected === 'accepted';
  const { maximum } = REQUEST_LIMITS.time_limit;
  const first = await prove(
    submit,
    { ...definition, time_limit: maximum },
    submissions.filter(isAccepted),
    context,
  );
  const limit = neededTimeLimit(first, timeMultiplier) ?? definition.time_limit;
  const limited: ProblemDefinition = { ...definition, ...(limit !== undefined && { time_limit: limit }) };
  const others = submissions.filter((submission) => !isAccepted(submission));
  return { definition: limited, reports: [...first, ...(await prove(submit, limited, others, context))] };
}
