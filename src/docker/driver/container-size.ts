// How large a container has to be for a program with given limits. It knows nothing of when one is made.

import type { BoxLimits, ImageRoot } from '../../sandbox/sandbox.ts';
import { MIB } from '../../units.ts';
import type { ContainerLimits, ContainerSpec } from '../container-config.ts';

/** Of the supervisor, and of what the kernel counts to the container beside its programs. */
const SUPERVISOR_BYTES = 4 * MIB;
/**
 * What is sent is kept by the supervisor and written for the program, and two outputs are kept until the program's end:
 * each takes twice its size.
 */
const COPIES = 2;
/** Outputs as large as this are in the supervisor's own share. */
const USUAL_OUTPUT_BYTES = MIB;

/** What a small submission requests. */
export function specOf(root: ImageRoot, limits: BoxLimits): ContainerSpec {
  return specFor(root, limits, { codeBytes: 1, buildBytes: 0, stdinBytes: 0 });
}

interface SentBytes {
  readonly codeBytes: number;
  readonly buildBytes: number;
  readonly stdinBytes: number;
}

export function specFor(root: ImageRoot, limits: BoxLimits, sent: SentBytes): ContainerSpec {
  const { codeBytes, buildBytes, stdinBytes } = sent;
  return {
    image: root.image,
    diskBytes: limits.diskBytes,
    limits: limitsFor(limits, codeBytes + buildBytes + stdinBytes),
  };
}

/** What fits into the supervisor's own share changes nothing, so that most containers are alike. */
function limitsFor(limits: BoxLimits, sentBytes: number): ContainerLimits {
  const outputBytes = Math.max(0, limits.outputBytes - USUAL_OUTPUT_BYTES);
  const ownBytes = SUPERVISOR_BYTES + Math.max(0, COPIES * (sentBytes + outputBytes) - MIB);
  return {
    memoryBytes: wholeMib(limits.memoryBytes + ownBytes),
    processes: limits.processes + 1,
    cpuQuota: limits.cpuQuota,
  };
}

function wholeMib(bytes: number): number {
  return Math.ceil(bytes / MIB) * MIB;
}
