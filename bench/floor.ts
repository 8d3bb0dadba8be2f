// Plain starts of a program, without isolation: through a small C process (the floor), and through Node's own spawn.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { CpuGroup } from './served.ts';

export interface Floor extends AsyncDisposable {
  /** Starts the program, reads its output and waits for its end. One at a time. */
  ask(): Promise<void>;
}

/** `within`: the control group that counts what it uses. */
export function createFloor(argv: readonly string[], within?: Pick<CpuGroup, 'inside'>): Floor {
  const command = [join(import.meta.dirname, 'build/floor'), ...argv];
  const [program, ...args] = (within?.inside(command) ?? command) as [string];
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    env: {},
  });
  const socket = child.stdio[3] as Socket;
  let answered: (() => void) | null = null;
  socket.on('data', () => answered?.());
  return {
    ask: () =>
      new Promise((resolve) => {
        answered = resolve;
        socket.write('r');
      }),
    async [Symbol.asyncDispose]() {
      socket.end();
      await once(child, 'close');
    },
  };
}

export async function spawnPlainly(argv: readonly string[]): Promise<void> {
  const [program, ...args] = argv;
  const child = spawn(program as string, args, { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}
