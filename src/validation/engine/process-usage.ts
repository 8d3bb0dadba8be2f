// What a process has used so far, as the kernel reports it.

import { readFileSync } from 'node:fs';

const TICK_MS = 10;
const PAGE_BYTES = 4096;

export interface Usage {
  readonly cpuTimeMs: number;
  readonly memoryBytes: number;
}

/** `null` when there is no such process any more. */
export function usageOf(pid: number): Usage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold anything, user and system time are the 12th and 13th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return {
      cpuTimeMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
      memoryBytes: Number(pages) * PAGE_BYTES,
    };
  } catch {
    return null;
  }
}
