// When a webhook is tried again, and when it is given up: exponential backoff with full jitter, so that the deliveries to a
// receiver that comes back do not arrive together.

const FIRST_DELAY_MS = 10_000;
const MIN_DELAY_MS = 1000;
/** The longest wait between two attempts, also where a receiver asks for a longer one. */
export const MAX_DELAY_MS = 2 * 3_600_000;
/** Their delays add up to thirteen hours at most, and to half of that on average. */
export const MAX_TRIES = 16;

/** What an attempt came to. */
export interface AttemptResult {
  /** `null` without an answer. */
  readonly statusCode: number | null;
  /** Why there is none. */
  readonly error: string | null;
  /** The receiver is not permitted, so no other attempt is made. */
  readonly isRefused: boolean;
  /** What the receiver asked for in `Retry-After`. */
  readonly retryAfterMs: number | null;
}

/** `null`: the attempt was the last. `tries` counts the attempts so far, this one included. */
export function delayAfter(result: AttemptResult, tries: number, random: () => number): number | null {
  if (tries >= MAX_TRIES || !isTemporary(result)) return null;
  const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  const delay = Math.max(MIN_DELAY_MS, random() * longest);
  return Math.round(Math.min(MAX_DELAY_MS, Math.max(delay, result.retryAfterMs ?? 0)));
}

export function isDelivered({ statusCode }: Pick<AttemptResult, 'statusCode'>): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 300;
}

/** A header's value, which is a number of seconds or a date; `null` if it is neither. */
export function retryAfterMs(written: unknown, nowMs: number): number | null {
  if (typeof written !== 'string') return null;
  if (/^\d{1,9}$/.test(written)) return Number(written) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(written) ? Date.parse(written.slice(0, 40)) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

/** Another attempt may end differently. A redirect is not followed, nor does it change by waiting. */
function isTemporary({ statusCode, isRefused }: AttemptResult): boolean {
  if (statusCode === null) return !isRefused;
  return statusCode >= 500 || statusCode === 429 || statusCode === 408;
}
