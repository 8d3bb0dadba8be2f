// The life of an execution in Redis: it is claimed, gets events, is finished, given back or cancelled. A call whose answer
// was lost may be repeated.

import type { ExecutionEvent } from '../../execution/record.ts';
import type { ExecutionTask } from '../../execution/task.ts';
import type { Cancellation, Claim, ExecutionStore } from '../store.ts';
import { endingWithoutTask } from '../unreadable-task.ts';
import { decodeBody, encodeBody } from './body.ts';
import { writeEnd } from './brought-end.ts';
import { type Answer, textOf } from './scripts.ts';
import type { StoreParts } from './store-parts.ts';

type Lives = Pick<ExecutionStore, 'claim' | 'append' | 'finish' | 'giveBack' | 'cancel'>;

export function createLives(parts: StoreParts): Lives {
  const { options, scripts, changes, held } = parts;
  return {
    claim: async ({ isIdle, except }) => {
      const kinds = options.kinds?.() ?? ['*'];
      const [claimed] = await scripts.run('claim', isIdle ? 1 : 0, except.join('\n'), kinds.join('\n'));
      return claimOf(parts, claimed);
    },
    append: async (id, fence, events) => {
      const known = held.lastEventId(id, fence) ?? Number.MAX_SAFE_INTEGER;
      const [last] = await scripts.run('append', id, fence, known, ...(await encodedEvents(events)));
      if (textOf(last) === '0') return false;
      held.progress(id, fence, Number(textOf(last)));
      changes.emit({ id, kind: 'events' });
      return true;
    },
    finish: async (id, fence, events, ending) => {
      const known = held.lastEventId(id, fence) ?? Number.MAX_SAFE_INTEGER;
      const isRepeated = held.isInDoubt(id, fence) ? 1 : 0;
      const encoded = await encodedEvents(events);
      const [isOurs] = await scripts
        .run(
          'finish',
          id,
          fence,
          known,
          isRepeated,
          JSON.stringify(ending),
          ending.status,
          options.resultTtlMs,
          held.isAwaited(id, fence) ? writeEnd({ after: known, events, ending }) : '',
          ...encoded,
        )
        .catch((error: unknown) => {
          held.doubt(id, fence);
          throw error;
        });
      held.release(id, fence);
      if (textOf(isOurs) !== '1') return false;
      changes.emit({ id, kind: 'ended' });
      return true;
    },
    giveBack: async (id, fence, { delayMs, counts }) => {
      const [isOurs] = await scripts.run('give-back', id, fence, delayMs, counts ? 1 : 0);
      held.release(id, fence);
      if (textOf(isOurs) !== '1') return false;
      changes.emit({ id, kind: 'events' });
      setTimeout(() => changes.emit({ id, kind: 'waiting' }), delayMs).unref();
      return true;
    },
    cancel: async (id, { force = false } = {}): Promise<Cancellation> => {
      const [outcome] = await scripts.run('cancel', id, force ? 1 : 0);
      const kind = outcome instanceof Buffer ? outcome.toString() : null;
      if (kind === 'running') changes.emit({ id, kind: 'cancelling' });
      if (kind !== null) return { kind: kind as 'unknown' | 'ended' | 'running' };
      const claim = await claimOf(parts, outcome);
      return claim === null
        ? { kind: 'unknown' }
        : { kind: 'claimed', claim: { ...claim, isCancelled: true } };
    },
  };
}

/** Type, status or number of the test, bytes and body of each. */
async function encodedEvents(events: readonly ExecutionEvent[]): Promise<(string | number | Buffer)[]> {
  const encoded = await Promise.all(
    events.map(async (event) => {
      const { stored, bytes } = await encodeBody(event);
      return [event.type, detailOf(event), bytes, stored];
    }),
  );
  return encoded.flat();
}

function detailOf(event: ExecutionEvent): string {
  if (event.type === 'status') return event.status;
  return event.type === 'test' ? String(event.test.index) : '';
}

/** Where the task is among what a claim brings; its text is not needed. */
const TASK = 8;

/** `null` also for one whose task cannot be read, which ends it. */
async function claimOf(parts: StoreParts, claimed: Answer | undefined): Promise<Claim | null> {
  if (!Array.isArray(claimed)) return null;
  const fields = claimed as readonly Answer[];
  const texts = fields.map((part, index) => (index === TASK ? '' : textOf(part)));
  const [id = '', fence, attempt, cancelling, isAlone, last, origin, keep, , isAsked] = texts;
  const isAwaited = keep !== '';
  parts.held.take(id, Number(fence), { lastEventId: Number(last), isAwaited });
  const task = await decodeBody(fields[TASK] as Buffer).catch(() => null);
  if (task === null) {
    await endUnreadable(parts, id, Number(fence));
    return null;
  }
  return {
    // Somebody in another process looks on.
    task: isAsked === '1' ? { ...(task as ExecutionTask), liveOutput: true } : (task as ExecutionTask),
    fence: Number(fence),
    attempt: Number(attempt),
    origin: JSON.parse(origin ?? '{}'),
    isCancelled: cancelling === '1',
    isAlone: isAlone === '1',
    isAwaited,
  };
}

async function endUnreadable(
  { scripts, held, find, changes, options }: StoreParts,
  id: string,
  fence: number,
) {
  const stored = await find(id);
  if (stored === null) return;
  const ending = endingWithoutTask(id, stored.outline);
  const about = [JSON.stringify(ending), ending.status, options.resultTtlMs, ''];
  await scripts.run('finish', id, fence, Number.MAX_SAFE_INTEGER, 0, ...about);
  held.release(id, fence);
  changes.emit({ id, kind: 'ended' });
}
