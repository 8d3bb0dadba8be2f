// A workspace keeps its container between two programs. This bounds how many are kept: where there are more, one is let
// go, and its workspace takes another when it goes on.

export interface Keeping {
  /** Runs a program in a container that `leave` lets go of. From its end on the container is kept. */
  use<T>(leave: () => void, run: () => Promise<T>): Promise<T>;
  /** To be called when there is no container to keep any more. */
  forget(leave: () => void): void;
}

/** `atMost` are in use and kept together; what is in use may be more, and then nothing is kept. */
export function createKeeping(atMost: number): Keeping {
  const kept = new Set<() => void>(); // the longest kept first
  let inUse = 0;

  /** Workspaces take turns: the one that ran last is the last to run again. */
  function letGo(): void {
    while (kept.size > 0 && inUse + kept.size > atMost) {
      const last = [...kept].at(-1) as () => void;
      kept.delete(last);
      last();
    }
  }

  return {
    async use(leave, run) {
      kept.delete(leave);
      inUse += 1;
      letGo();
      try {
        return await run();
      } finally {
        inUse -= 1;
        kept.add(leave);
        letGo();
      }
    },
    forget: (leave) => void kept.delete(leave),
  };
}
