// The fleet as one process sees it, looked at every second: its workers, what they can run, and what waits for whom.

import type { FleetFigures } from '../metrics/fleet-figures.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import type { Config } from '../settings/config.ts';
import { type FleetState, readFleet } from '../store/redis/fleet-state.ts';

const LOOK_EVERY_MS = 1000;

export interface Fleet {
  /** As it was at the latest look. */
  state(): FleetState;
  /** For metrics, with languages instead of kinds. */
  figures(): FleetFigures;
  /** Versions of a language that workers can run now, or could once if none can now; the newest first. */
  versionsOf(languageId: string): readonly string[];
  isOffered(kind: string): boolean;
  /** Kinds for which something waits and which no worker offers, of a language that this list has. */
  orphans(kinds: readonly string[]): readonly string[];
}

export function kindOf(languageId: string, version: string): string {
  return `${languageId} ${version}`;
}

/** Whether executions are kept in Redis, where a fleet shares them. */
export function isFleet({ role, redisUrl }: Pick<Config, 'role' | 'redisUrl'>): boolean {
  return role !== 'all' || redisUrl !== null;
}

/** `started` gets how the looking stops. */
export async function openFleet(
  { redisPrefix }: Pick<Config, 'redisPrefix'>,
  { client }: RedisConnection,
  started: AsyncDisposableStack,
): Promise<Fleet> {
  let state: FleetState = { workers: [], everOffered: [], waiting: new Map(), oldestAtMs: new Map() };
  const look = async () => {
    // While Redis is lost, the fleet is as it was.
    state = await readFleet(client, redisPrefix).catch(() => state);
  };
  await look();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  started.defer(() => clearInterval(timer));
  const isOffered = (kind: string) => state.workers.some(({ kinds }) => kinds.includes(kind));
  return {
    state: () => state,
    figures: () => figuresOf(state),
    isOffered,
    versionsOf: (languageId) => {
      const offered = versionsIn(
        state.workers.flatMap(({ kinds }) => kinds),
        languageId,
      );
      return offered.length > 0 ? offered : versionsIn(state.everOffered, languageId);
    },
    orphans: (kinds) => {
      const languages = new Set(kinds.map(languageOf));
      return [...state.waiting.keys()].filter((kind) => !isOffered(kind) && languages.has(languageOf(kind)));
    },
  };
}

function figuresOf({ workers, waiting, oldestAtMs }: FleetState): FleetFigures {
  const languages = new Map<string, { waiting: number; oldestAtMs: number | null }>();
  for (const kind of [...workers.flatMap(({ kinds }) => kinds), ...waiting.keys()]) {
    languages.set(languageOf(kind), { waiting: 0, oldestAtMs: null });
  }
  for (const [kind, count] of waiting) {
    const language = languages.get(languageOf(kind));
    if (language === undefined) continue;
    language.waiting += count;
    const at = oldestAtMs.get(kind) ?? null;
    if (at !== null) language.oldestAtMs = Math.min(language.oldestAtMs ?? at, at);
  }
  return {
    workers: workers.length,
    slots: workers.reduce((sum, { slots }) => sum + slots, 0),
    running: workers.reduce((sum, { running }) => sum + running, 0),
    languages,
  };
}

function languageOf(kind: string): string {
  return kind.split(' ', 1)[0] ?? '';
}

function versionsIn(kinds: readonly string[], languageId: string): string[] {
  const versions = kinds
    .filter((kind) => languageOf(kind) === languageId)
    .map((kind) => kind.slice(languageId.length + 1));
  return [...new Set(versions)].sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
}
