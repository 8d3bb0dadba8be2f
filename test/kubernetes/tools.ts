// The programs that tests of deploy/ use, where they are there: from the cache that tools.sh fills, or on the PATH.

import { accessSync, constants, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'code-execution-service/tools');

/** `null` if it is not there. */
export function findTool(name: string): string | null {
  const places = [
    ...globSync([join(CACHE, name), join(CACHE, `${name}-[0-9]*`)]).sort(),
    ...(process.env.PATH ?? '').split(':').map((directory) => join(directory, name)),
  ];
  return places.find(isExecutable) ?? null;
}

/** For the option `skip` of a test. */
export function missing(...names: readonly string[]): string | false {
  const absent = names.filter((name) => findTool(name) === null);
  return (
    absent.length > 0 && `${absent.join(' and ')} not found: test/kubernetes/tools.sh ${absent.join(' ')}`
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
