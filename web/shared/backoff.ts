// Waiting before another try: longer each time, with chance in it, and ended early when the network or the page returns.

const MIN_MS = 500;
const MAX_MS = 8000;

/** Milliseconds to wait before try number `attempt`, counted from 0. */
export function backoffMs(attempt: number): number {
  const longest = Math.min(MAX_MS, MIN_MS * 2 ** attempt);
  return longest / 2 + (Math.random() * longest) / 2;
}

/** Resolves after the time, or as soon as the browser is online or the page visible again. Rejects if aborted. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const end = (settle: () => void) => {
      clearTimeout(timer);
      listening.abort();
      settle();
    };
    const timer = setTimeout(() => end(resolve), ms);
    const options = { signal: listening.signal };
    window.addEventListener('online', () => end(resolve), options);
    document.addEventListener('visibilitychange', () => !document.hidden && end(resolve), options);
    signal.addEventListener('abort', () => end(() => reject(signal.reason)), options);
    if (signal.aborted) end(() => reject(signal.reason));
  });
}
