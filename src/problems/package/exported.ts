// A problem as the files of an archive: those of its package, or its definition with the blobs that it names.

import { Value } from 'typebox/value';
import { ProblemDefinition } from '../../api/problem.ts';
import { blobsNamed, sha256Of } from '../blobs-named.ts';
import type { KeptVersion } from '../problem-store.ts';
import { PackageFault, type PackageFiles } from './package-files.ts';
import type { ReadPackage } from './read-package.ts';

/** Beside it, blobs are files by their digests. */
const DEFINITION = 'problem.json';
const BLOBS = 'blobs/';

export function isExported(files: PackageFiles): boolean {
  return files.has(DEFINITION) && !files.has('problem.yaml');
}

export async function exportedFiles(
  kept: KeptVersion,
  read: (blob: string) => Promise<Buffer>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  if (kept.files !== null) {
    for (const { path, blob } of kept.files) files.set(path, await read(blob));
    return files;
  }
  files.set(DEFINITION, Buffer.from(`${JSON.stringify(kept.definition, null, 2)}\n`));
  for (const blob of blobsNamed(kept)) files.set(`${BLOBS}${blob}`, await read(blob));
  return files;
}

/** What `exportedFiles` made of a definition. Throws a `PackageFault`. */
export function readExported(files: PackageFiles): ReadPackage {
  for (const [path, content] of files) {
    if (path.startsWith(BLOBS) && path.slice(BLOBS.length) !== sha256Of(content))
      throw new PackageFault(path, `must have the SHA-256 in its name, which is ${sha256Of(content)}`);
  }
  const definition = parsed(files.get(DEFINITION)?.toString('utf8') ?? '');
  if (!Value.Check(ProblemDefinition, definition)) {
    const [first] = Value.Errors(ProblemDefinition, definition);
    const place = first === undefined ? '' : `: ${first.instancePath} ${first.message}`;
    throw new PackageFault(DEFINITION, `must be the definition of a problem${place}`);
  }
  return { definition, hasTimeLimit: true, timeMultiplier: 1, submissions: [], warnings: [] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PackageFault(DEFINITION, 'must be the definition of a problem in JSON');
  }
}
