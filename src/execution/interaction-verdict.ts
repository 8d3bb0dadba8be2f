// Who decides on a conversation of a solution with an interactor: a fault of the interactor, then a refusal that came first,
// then the solution's own end, then the interactor. A pure function, so that the order stands in one place.

import { checkerError, type Decision } from '../checkers/program-end.ts';
import type { Verdict } from './status.ts';
import type { Speaker } from './transcript.ts';

export interface Interaction {
  /** `null` when the solution ended well. */
  readonly endVerdict: Verdict | null;
  /** What the interactor did wrong, whatever its exit code; `null` when that decides. */
  readonly fault: string | null;
  readonly decision: Decision;
  readonly first: Speaker;
  readonly isDeadlocked: boolean;
}

/** What decides; `null` leaves it to the solution's own end. */
export type Decided = { readonly verdict: Verdict } | { readonly decision: Decision } | null;

const DEADLOCK: Verdict = {
  status: 'time_limit_exceeded',
  limit: 'wall',
  message: 'The program and the interactor wait for each other; was the output flushed?',
};

export function decideInteraction({
  endVerdict,
  fault,
  decision,
  first,
  isDeadlocked,
}: Interaction): Decided {
  if (isDeadlocked) return { verdict: DEADLOCK };
  if (fault !== null) return { decision: checkerError(fault) };
  if (decision.status === 'checker_error') return { decision };
  if (first === 'interactor' && decision.status === 'wrong_answer') return { decision };
  return endVerdict === null ? { decision } : null;
}
