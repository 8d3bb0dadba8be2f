// Numbers of users for containers: what the kernel counts by user (inotify watches, pipes, queued signals) is never
// shared by two containers that are alive. Images have names for these numbers in /etc/passwd.

import { SandboxError } from '../../sandbox/sandbox.ts';
import { BOX_UIDS, FIRST_BOX_UID } from '../image-layout.ts';

export interface Users {
  /** Throws a `SandboxError` when all are taken. */
  take(): number;
  giveBack(uid: number): void;
}

export function createUsers(): Users {
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
