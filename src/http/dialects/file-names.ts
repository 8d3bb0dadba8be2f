// Names of files as clients of dialects write them, made the relative paths that a submission has.

import { posix } from 'node:path';

/** `./lib//a.py` and `/lib/a.py` are `lib/a.py`; `null` for a name that leaves the directory or names none. */
export function relativePath(name: string): string | null {
  const path = posix.normalize(name.replace(/^\/+/, ''));
  if (path === '.' || path === '..' || path.startsWith('../') || path.endsWith('/')) return null;
  return path.startsWith('-') ? null : path;
}
