// Allocates user IDs to containers. The kernel counts inotify watches, pipes and queued signals by user, so no two living
// containers share an ID. Images name these IDs in /etc/passwd.

import { SandboxError } from '../../sandbox/sandbox.ts';
import { BOX_UIDS, FIRST_BOX_UID } from '../image-layout.ts';

export interface UidAllocator {
  /** Throws a `SandboxError` if all are taken. */
  take(): number;
  giveBack(uid: number): void;
}

export function createUidAllocator(): UidAllocator {
  const free = new Set(Array.from({ length: BOX_UIDS }, (_, index) => FIRST_BOX_UID + index));
  return {
    take() {
      const uid = free.values().next().value;
      if (uid === undefined)
        throw new SandboxError(`more than ${BOX_UIDS} containers at the same time`, { retryable: true });
      free.delete(uid);
      return uid;
    },
    giveBack: (uid) => void free.add(uid),
  };
}
