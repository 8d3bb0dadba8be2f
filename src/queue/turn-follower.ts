// Takes turns of a store that hands each to one process, and only while it can use them: others wait for turns too.

import { setTimeout as delay } from 'node:timers/promises';

/** Places also become free without an end, such as when the sandbox works again. */
const LOOK_EVERY_MS = 1000;

export interface TurnFollowerParts {
  /** Resolves when the store should be asked, and otherwise after a moment. */
  readonly nextTurn: () => Promise<void>;
  readonly hasRoom: () => boolean;
  readonly whenOneEnds: () => Promise<void>;
  readonly isClosing: () => boolean;
  readonly onTurn: () => Promise<void>;
}

export async function followTurns(parts: TurnFollowerParts): Promise<void> {
  while (!parts.isClosing()) {
    if (parts.hasRoom()) {
      await parts.nextTurn();
      await parts.onTurn();
    } else await Promise.race([parts.whenOneEnds(), delay(LOOK_EVERY_MS, undefined, { ref: false })]);
  }
}
