// What is special about some runtimes: what they take of a container's limits for themselves, whether they can change
// limits, and what a kernel of their own answers. With most, system calls are the machine's to answer. It knows nothing else
// of containers.

import { MIB } from '../../units.ts';
import type { ContainerLimits } from '../container-config.ts';

interface Share {
  readonly memoryBytes: number;
  readonly processes: number;
}

const NOTHING: Share = { memoryBytes: 0, processes: 0 };
/** By the engine's name of a runtime. */
const SHARES: Readonly<Record<string, Share>> = {
  // gVisor's kernel is a process of the container, with a thread for each that waits, and one more process for each of
  // the program's. Its own limits hold the program's number down.
  runsc: { memoryBytes: 64 * MIB, processes: 512 },
};

/**
 * What programs get through to in a kernel of the runtime's own, by the probe's names. Devices, the files of /proc and
 * the scores are that kernel's. What process 1 has open can be opened once more: SECURITY.md says what that gives up.
 */
const ANSWERED: Readonly<Record<string, readonly string[]>> = {
  runsc: ['make a device node', "read the box's init", 'hide from the OOM killer', "see the machine's files"],
};

export function waysAnsweredBy(runtime: string | undefined): readonly string[] {
  return (runtime !== undefined && ANSWERED[runtime]) || [];
}

/** Runtimes that the engine asks in vain to change a container's limits. */
const FIXED: readonly string[] = ['runsc'];

export function canChangeLimits(runtime: string | undefined): boolean {
  return runtime === undefined || !FIXED.includes(runtime);
}

/** The limits that leave `limits` for the supervisor and its programs. */
export function withShare(limits: ContainerLimits, runtime: string | undefined): ContainerLimits {
  const { memoryBytes, processes } = (runtime !== undefined && SHARES[runtime]) || NOTHING;
  return {
    ...limits,
    memoryBytes: limits.memoryBytes + memoryBytes,
    processes: limits.processes + processes,
  };
}
