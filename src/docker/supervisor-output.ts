// What the supervisor that was built here says of itself: the filter of system calls as an engine takes it, and what it
// was built from. The engine knows calls by name only, and the supervisor has the one table of them.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SUPERVISOR = join(import.meta.dirname, '../../supervisor/build/supervisor');

/** JSON of the filter. Throws an Error when the supervisor has not been built. */
export async function readSeccompProfile(): Promise<string> {
  return JSON.stringify(JSON.parse(await ask('seccomp-profile')));
}

/** Hash of its sources: containers are to have this supervisor and no other. */
export async function readSupervisorSources(): Promise<string> {
  return (await ask('sources')).trim();
}

async function ask(question: string): Promise<string> {
  return (await promisify(execFile)(SUPERVISOR, [question])).stdout;
}
