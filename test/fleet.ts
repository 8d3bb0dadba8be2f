// Starts the processes of a fleet that share a Redis, and reads what becomes of executions there. For tests of whole fleets.

import { setTimeout as delay } from 'node:timers/promises';
import { launchFor, ready, type Service } from './service.ts';

export const LEASE_SECONDS = 2;

export interface FleetProcess {
  readonly role: 'api' | 'worker';
  readonly redisPort: number;
  readonly languages: readonly string[];
  /** Beyond those that every process of the fleet has. */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startInFleet(
  t: { after(end: () => Promise<void>): void },
  { role, redisPort, languages, environment }: FleetProcess,
): Promise<Service> {
  const child = await launchFor(t, {
    ROLE: role,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    LANGUAGES: languages.join(','),
    CODE_VALIDATION: 'off',
    LEASE_SECONDS: String(LEASE_SECONDS),
    CONCURRENCY: '2',
    FLEET_SECRET: 'only-for-this-test-of-a-whole-fleet',
    ...environment,
  });
  return ready(child, role === 'api' ? languages : []);
}

export interface Ended {
  readonly status: string;
  readonly attempts: number;
  readonly finished_at: string | null;
  readonly results: readonly { readonly stdout: string | null }[];
}

/** Asks until it has ended. The API process may lose Redis for a moment, or be replaced by another one. */
export async function ended(url: () => string, id: string): Promise<Ended> {
  for (;;) {
    const answer = await fetch(`${url()}/api/v1/executions/${id}?wait=5`).catch(() => null);
    const found = answer?.status === 200 ? ((await answer.json().catch(() => null)) as Ended | null) : null;
    if (found !== null && found.finished_at !== null) return found;
    await delay(100);
  }
}

export async function eventsOf({ url }: Service, id: string): Promise<string> {
  return (await fetch(`${url}/api/v1/executions/${id}/events`)).text();
}
