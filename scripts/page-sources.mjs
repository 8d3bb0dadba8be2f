// Whether the pages in web/build/ are newer than all they are made from. Plain JavaScript, as npm runs it with whatever
// Node the machine has.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What scripts/build-pages.ts reads, relative to the project. */
const SOURCES = [
  'web',
  'docs',
  'SECURITY.md',
  'src/api',
  'src/limits.ts',
  'scripts/build-pages.ts',
  'scripts/guide.ts',
  'package-lock.json',
];
const BUILT = /^build(?:\.new)?$/;

/** `project` is the directory of the service. */
export function arePagesBuilt(project) {
  try {
    const built = statSync(join(project, 'web/build/manifest.json')).mtimeMs;
    return SOURCES.every((source) => newestTime(join(project, source)) <= built);
  } catch {
    return false;
  }
}

/** The time of the latest change of a file, or of anything in a directory. */
function newestTime(path) {
  const { mtimeMs, isDirectory } = statOf(path);
  if (!isDirectory) return mtimeMs;
  const names = readdirSync(path).filter((name) => !BUILT.test(name));
  return Math.max(...names.map((name) => newestTime(join(path, name))));
}

function statOf(path) {
  const stat = statSync(path);
  return { mtimeMs: stat.mtimeMs, isDirectory: stat.isDirectory() };
}
