// The archive that the README of examples/problem-package makes, and one of its submissions with another name.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { PROJECT } from '../service.ts';

const DIRECTORY = join(PROJECT, 'examples/problem-package');

/** `moved` has new paths of files by their old ones. */
export function examplePackage(moved: Readonly<Record<string, string>> = {}): Uint8Array {
  const entries: Zippable = {};
  for (const file of globSync('**/*.*', { cwd: DIRECTORY })) {
    entries[moved[file] ?? file] = readFileSync(join(DIRECTORY, file));
  }
  return zipSync(entries);
}
