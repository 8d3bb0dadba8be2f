// Programs that a script starts and waits for: signals are passed on to them, and they do not outlive the script.

import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** The kernel ends the program when this process is killed. */
const TIED = ['setpriv', '--pdeathsig', 'KILL', '--'];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface End {
  readonly code: number;
  readonly isInterrupted: boolean;
}

/** Starts a program with this process's outputs. Without setpriv it is not tied to this process. */
export function startTied(words: readonly string[], options: SpawnOptions): ChildProcess {
  const [program = '', ...argv] = [...(canTie() ? TIED : []), ...words];
  return spawn(program, argv, { stdio: 'inherit', ...options });
}

/** Runs a program to its end; one that a signal ended has the code 1. */
export async function runTied(words: readonly string[], options: SpawnOptions): Promise<End> {
  const child = startTied(words, options);
  let isInterrupted = false;
  const pass = (signal: NodeJS.Signals) => {
    isInterrupted = true;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    const [code] = await once(child, 'exit');
    return { code: code ?? 1, isInterrupted };
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}

function canTie(): boolean {
  const [program = '', ...argv] = [...TIED, 'true'];
  return spawnSync(program, argv, { stdio: 'ignore' }).status === 0;
}
