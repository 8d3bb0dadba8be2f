// Takes up what the process before left: what waits is in line again, and what ran waits again. Runs within a transaction.

import { countUnfinished, type Effects, isFirstOfBoot, keepClock, type OpenedStore } from './opened-store.ts';
import type { ExecutionRow } from './reading.ts';
import { appendEvents, waitingOf } from './turns.ts';

/** Ids that are left out after the machine lost power: events with them may have been seen and lost. */
const IDS_LOST_WITH_POWER = 1000;

/** What ran when the process before ended waits again. Called once, before anything else. */
export function recover(store: OpenedStore, effects: Effects): void {
  keepClock(store);
  const lostIds = isFirstOfBoot(store) ? IDS_LOST_WITH_POWER : 0;
  const rows = store.sql.findUnfinished.all() as unknown as ExecutionRow[];
  for (const row of rows) {
    const waiting = waitingOf(row);
    countUnfinished(store.load, waiting, row.task_bytes, 1);
    if (row.state === 'running') {
      store.sql.setWaiting.run(1, 0, row.seq);
      appendEvents(
        store,
        { ...row, last_event: row.last_event + lostIds },
        [{ type: 'status', status: 'queued' }],
        effects,
      );
      store.suspects.set(row.id, waiting);
    } else if (row.lost > 0) store.suspects.set(row.id, waiting);
    else store.line.add(waiting);
  }
}
