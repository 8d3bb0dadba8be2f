// Changes of executions: those of this process at once, those of others as Redis publishes them. What is published while
// nobody listens is lost, so executions that somebody follows are compared with what is known of them every second.

import type { Redis } from 'ioredis';
import type { Change } from '../store.ts';
import { readEnd } from './brought-end.ts';

const COMPARE_EVERY_MS = 1000;
/**
 * A connection without any answer is replaced, as it may be to a machine that is gone. Subscribing again is answered too, and
 * makes up for a first time that failed.
 */
const SUBSCRIBE_EVERY_MS = 5000;

type OnChange = (change: Change) => void;

export interface ChangesParts {
  readonly subscriber: Redis;
  readonly processId: string;
  /** Channels: of this process, of an execution, of webhooks. */
  readonly channels: { readonly own: string; readonly hooks: string; readonly of: (id: string) => string };
  /** Whether changes of it are published to this process anyway. */
  readonly isOwn: (id: string) => boolean;
  /** The state and the last event of each as one text; `null` for what is not there. */
  readonly versionsOf: (ids: readonly string[]) => Promise<readonly (string | null)[]>;
}

export interface Changes {
  watch(onChange: OnChange, id?: string): Disposable;
  /** Of this process. */
  emit(change: Change): void;
  close(): void;
}

interface Followed {
  readonly watchers: Set<OnChange>;
  version: string | undefined;
  /** Comparisons in a row that found nothing: it may be added in a moment. */
  missing: number;
  isSubscribed: boolean;
}

export function createChanges(parts: ChangesParts): Changes {
  const { subscriber, channels, processId, isOwn } = parts;
  const all = new Set<OnChange>();
  const followed = new Map<string, Followed>();
  const notifyFollowers = (change: Change) => {
    for (const onChange of followed.get(change.id)?.watchers ?? []) onChange(change);
  };
  const emit = (change: Change) => {
    for (const onChange of all) onChange(change);
    notifyFollowers(change);
  };
  subscriber.on('message', (_channel, message) => {
    const [kind = '', id = '', by] = message.split(' ', 3);
    if (by === processId) return;
    const end = readEnd(message.slice(`${kind} ${id} ${by} `.length));
    emit({ id, kind: kind as Change['kind'], ...(end !== null && { end }) });
  });
  const quietly = (command: Promise<unknown>) => command.catch(() => {});
  const subscribe = () => quietly(subscriber.subscribe(channels.own, channels.hooks));
  void subscribe();
  const compareAll = () => quietly(compare(parts, followed, [...followed.keys()], notifyFollowers));
  const comparison = setInterval(() => void compareAll(), COMPARE_EVERY_MS);
  const follow = async (id: string) => {
    await subscriber.subscribe(channels.of(id));
    // What happened before the subscription is found now.
    await compare(parts, followed, [id], notifyFollowers);
  };
  const subscriptions = setInterval(() => void subscribe(), SUBSCRIBE_EVERY_MS);
  return {
    emit,
    watch: (onChange, id) => {
      if (id === undefined) {
        all.add(onChange);
        return { [Symbol.dispose]: () => all.delete(onChange) };
      }
      const known = followed.get(id) ?? newlyFollowed();
      const isFirst = known.watchers.size === 0;
      followed.set(id, known);
      known.watchers.add(onChange);
      if (isFirst && !isOwn(id)) {
        known.isSubscribed = true;
        void quietly(follow(id));
      }
      return {
        [Symbol.dispose]: () => {
          known.watchers.delete(onChange);
          if (known.watchers.size > 0 || followed.get(id) !== known) return;
          followed.delete(id);
          if (known.isSubscribed) void quietly(subscriber.unsubscribe(channels.of(id)));
        },
      };
    },
    close: () => {
      clearInterval(comparison);
      clearInterval(subscriptions);
      subscriber.disconnect();
    },
  };
}

function newlyFollowed(): Followed {
  return { watchers: new Set(), version: undefined, missing: 0, isSubscribed: false };
}

async function compare(
  { versionsOf }: ChangesParts,
  followed: ReadonlyMap<string, Followed>,
  ids: readonly string[],
  emit: (change: Change) => void,
): Promise<void> {
  if (ids.length === 0) return;
  const versions = await versionsOf(ids);
  for (const [index, id] of ids.entries()) {
    const known = followed.get(id);
    const version = versions[index] ?? undefined;
    if (known === undefined) continue;
    known.missing = version === undefined ? known.missing + 1 : 0;
    if (known.missing === 2) emit({ id, kind: 'ended' });
    if (version === undefined || version === known.version) continue;
    known.version = version;
    emit({ id, kind: version.startsWith('ended') ? 'ended' : 'events' });
  }
}
