// What the escape tests are made of: supervisors that lack some protections, and attacks. Both are compiled while a test
// file is loaded, into supervisor/build, so that `build.ts` can make everything ahead. Knows nothing of sandboxes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { BoxFile } from '../../src/sandbox/sandbox.ts';

const SUPERVISOR = join(import.meta.dirname, '../../supervisor');
const BUILD = join(SUPERVISOR, 'build');

/** A supervisor as it serves, or without some protections; at most one of each runs in a test file. */
export interface Stage {
  readonly lacking: readonly string[];
  readonly program: string;
  /** `NAME=value`, as the service's environment may have them. */
  readonly environment?: readonly string[];
  /** Memory for runtimes that are started ahead; none are if absent. Native boxes only. */
  readonly warmBytes?: number;
}

/** A compiled attack; boxes find it at `/code/attack`. */
export interface Attack {
  readonly file: BoxFile;
  /** Its program on this machine. */
  readonly path: string;
}

function isNewer(path: string, directory: string, pattern: RegExp): boolean {
  if (!existsSync(path)) return false;
  const built = statSync(path).mtimeMs;
  const sources = readdirSync(directory).filter((name) => pattern.test(name));
  return sources.every((name) => statSync(join(directory, name)).mtimeMs <= built);
}

let isLoaded = false;

/** Called when the first stage is set up: from then on nothing is compiled. */
export function endLoading(): void {
  isLoaded = true;
}

/** Whatever a test file needs is named while it is loaded, so that `build.ts` can make it ahead. */
function assertLoading(what: string): void {
  assert.equal(isLoaded, false, `name ${what} at the top of the file, not in a test`);
}

/** Names a supervisor that lacks `protections` (see supervisor/common.h), built at once; without any, the serving one. */
export function without(...protections: readonly string[]): Stage {
  assertLoading(`the stage without ${protections}`);
  const lacking = protections.toSorted();
  const program = join(BUILD, lacking.length > 0 ? `supervisor-without-${lacking.join('+')}` : 'supervisor');
  if (!isNewer(program, SUPERVISOR, /\.[ch]$|^Makefile$/)) {
    const variables = lacking.length > 0 ? [`WITHOUT=${lacking.join('+')}`] : [];
    execFileSync('make', ['-s', '-C', SUPERVISOR, ...variables], { stdio: 'inherit' });
  }
  return { lacking, program };
}

/** The supervisor as it serves. */
export const SERVING = without();

/** Compiles an attack. The source includes attack.h without saying so. */
export function attack(source: string): Attack {
  assertLoading('an attack');
  const header = join(import.meta.dirname, 'attack.h');
  const key = createHash('sha256').update(readFileSync(header)).update(source).digest('hex').slice(0, 16);
  const program = join(BUILD, 'attacks', key);
  if (!existsSync(program)) {
    mkdirSync(join(BUILD, 'attacks'), { recursive: true });
    const options = ['-static', '-O1', '-std=gnu11', '-Wall', '-include', header, '-x', 'c', '-'];
    execFileSync('gcc', [...options, '-o', `${program}.${process.pid}`], {
      input: source,
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    chmodSync(`${program}.${process.pid}`, 0o755); // for boxes, whatever the umask of this process is
    renameSync(`${program}.${process.pid}`, program);
  }
  return { file: { path: 'attack', content: readFileSync(program) }, path: program };
}
