// A workspace keeps its container between two programs. This bounds how many are kept: beyond the bound one is released,
// and its workspace takes another one for its next program.

export interface KeptContainers {
  /** Runs a program in a container that `leave` releases. After the program's end the container is kept. */
  use<T>(leave: () => void, run: () => Promise<T>): Promise<T>;
  /** Must be called when the container is gone. */
  forget(leave: () => void): void;
}

/** Bounds containers in use and kept together. Those in use may be more; then none is kept. */
export function createKeptContainers(max: number): KeptContainers {
  const kept = new Set<() => void>(); // the longest kept first
  let inUse = 0;

  /** Workspaces take turns: the one that ran last is the last to run again. */
  function releaseExcess(): void {
    while (kept.size > 0 && inUse + kept.size > max) {
      const last = [...kept].at(-1) as () => void;
      kept.delete(last);
      last();
    }
  }

  return {
    async use(leave, run) {
      kept.delete(leave);
      inUse += 1;
      releaseExcess();
      try {
        return await run();
      } finally {
        inUse -= 1;
        kept.add(leave);
        releaseExcess();
      }
    },
    forget: (leave) => void kept.delete(leave),
  };
}
