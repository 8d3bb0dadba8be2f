// Logs each refusal, as the driver causes none. If there are many, some lines are left out, and the next line has their
// count.

export interface RefusalLog {
  note(details: object): void;
}

const INTERVAL_MS = 1000;
const MAX_LINES = 100;

/** `write` is called at most a hundred times a second. */
export function createRefusalLog(
  write: (details: object) => void,
  now = () => performance.now(),
): RefusalLog {
  let begun = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let leftOut = 0;
  return {
    note(details) {
      if (now() - begun >= INTERVAL_MS) {
        begun = now();
        lines = 0;
      }
      if (lines >= MAX_LINES) {
        leftOut += 1;
        return;
      }
      lines += 1;
      write(leftOut > 0 ? { ...details, left_out: leftOut } : details);
      leftOut = 0;
    },
  };
}
