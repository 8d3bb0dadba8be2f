// A problem as the files of an archive: those of its package, or its definition with the blobs that it names.

import { Value } from 'typebox/value';
import { ProblemDefinition } from '../../api/problem.ts';
import { type ShapeBounds, shapeOf } from '../../json-shape.ts';
import { PROBLEM_LIMITS } from '../../limits.ts';
import { MIB } from '../../units.ts';
import { blobsNamed, sha256Of } from '../blobs-named.ts';
import type { KeptVersion } from '../problem-store.ts';
import { PackageFault, type PackageFiles } from './package-files.ts';
import type { ReadPackage } from './read-package.ts';

/** Beside it, blobs are files by their digests. */
const DEFINITION = 'problem.json';
const BLOBS = 'blobs/';
/** What is parsed is not larger than a problem is; its texts are, for the parser, no work. */
const SHAPE: ShapeBounds = {
  depth: 10,
  values: 100 * PROBLEM_LIMITS.tests,
  stringBytes: new Map(),
  otherStringBytes: 16 * MIB,
};

export function isExported(files: PackageFiles): boolean {
  return files.has(DEFINITION) && !files.has('problem.yaml');
}

/** Each is read when the one before it has been taken. */
export async function* exportedFiles(
  kept: KeptVersion,
  read: (blob: string) => Promise<Buffer>,
): AsyncGenerator<readonly [path: string, content: Uint8Array]> {
  if (kept.files === null) yield [DEFINITION, Buffer.from(`${JSON.stringify(kept.definition, null, 2)}\n`)];
  const files = kept.files ?? blobsNamed(kept).map((blob) => ({ path: `${BLOBS}${blob}`, blob }));
  for (const { path, blob } of files) yield [path, await read(blob)];
}

/** What `exportedFiles` made of a definition. Throws a `PackageFault`. */
export function readExported(files: PackageFiles): ReadPackage {
  for (const [path, content] of files) {
    if (path.startsWith(BLOBS) && path.slice(BLOBS.length) !== sha256Of(content))
      throw new PackageFault(path, `must have the SHA-256 in its name, which is ${sha256Of(content)}`);
  }
  const definition = checkedDefinition(parsed(files.get(DEFINITION) ?? Buffer.alloc(0)), DEFINITION);
  return { definition, hasTimeLimit: true, timeMultiplier: 1, submissions: [], warnings: [] };
}

/** Throws a `PackageFault` about the file that a definition is from, if it is none that a client could put. */
export function checkedDefinition(definition: unknown, path: string): ProblemDefinition {
  if (Value.Check(ProblemDefinition, definition)) return definition;
  const [first] = Value.Errors(ProblemDefinition, definition);
  const place = first === undefined ? '' : `: ${first.instancePath} ${first.message}`;
  throw new PackageFault(path, `must be the definition of a problem${place}`);
}

function parsed(content: Buffer): unknown {
  const { fault } = shapeOf(content, SHAPE);
  if (fault !== null)
    throw new PackageFault(DEFINITION, 'must not have more levels or values than a problem has');
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw new PackageFault(DEFINITION, 'must be the definition of a problem in JSON');
  }
}
