// An engine of the tests' own whose containers run on gVisor: runsc, a kernel in user space between a program and the
// machine's.

import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OwnEngine, startOwnEngine, whyNoOwnEngine } from './docker-engine.ts';

/** The engine's name of it. */
export const GVISOR_RUNTIME = 'runsc';
const PROGRAM = '/usr/bin/runsc';
const ARGUMENTS = ['--platform=systrap', '--network=none'];

/** Why no such engine can be started here; `false` when one can. */
export function whyNoGvisorEngine(): string | false {
  if (process.env.GVISOR_TESTS === 'off') return 'GVISOR_TESTS is off';
  try {
    accessSync(PROGRAM, constants.X_OK);
  } catch {
    return 'runsc is not installed';
  }
  return whyNoOwnEngine();
}

export async function startGvisorEngine(): Promise<OwnEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'gvisor-engine-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const settings = join(directory, 'daemon.json');
  const runtimes = { [GVISOR_RUNTIME]: { path: PROGRAM, runtimeArgs: ARGUMENTS } };
  writeFileSync(settings, JSON.stringify({ runtimes }));
  return startOwnEngine(['--config-file', settings]);
}
