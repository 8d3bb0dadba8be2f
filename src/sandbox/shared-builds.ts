// The contract of builds that several workers share: each is found by the key of its root, files and command, and is
// nothing but bytes. It knows nothing of where they are kept.

import type { BoxOutcome } from './sandbox.ts';

/** A build as any worker with the same root can use it. */
export interface PortableBuild {
  readonly outcome: BoxOutcome;
  /** What the supervisor's FETCH gives; empty if it left nothing. */
  readonly files: Uint8Array;
}

/** Neither call ever rejects: without shared builds, each worker makes its own. */
export interface SharedBuilds {
  /** Files of more bytes are not worth fetching: `keep` would not take them. */
  readonly maxFileBytes: number;
  /** `null` if there is none, and after a moment without an answer. */
  find(key: string): Promise<PortableBuild | null>;
  keep(key: string, build: PortableBuild): Promise<void>;
}
