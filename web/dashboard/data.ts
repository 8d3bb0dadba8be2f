// What the dashboard shows: read from the API every few seconds while the page is visible, and what it saw since it was
// opened.

import { effect, signal } from '@preact/signals';
import type { HealthReport } from '../../src/http/health-report.ts';
import type { LanguageDescription } from '../../src/http/v1/language-description.ts';
import type { FailuresReport, MetricsReport, TopUsersReport } from '../../src/metrics/report.ts';
import { call, getJson, RefusedError } from '../shared/api.ts';
import { gaugesIn } from './gauges.ts';

const UPDATE_MS = 5000;
/** Of samples: an hour. */
const MAX_SAMPLES = 720;

export const RANGES = [
  { hours: 1, label: '1 hour' },
  { hours: 6, label: '6 hours' },
  { hours: 24, label: '24 hours' },
  { hours: 168, label: '7 days' },
  { hours: 720, label: '30 days' },
] as const;

/** The present load, as Prometheus's gauges say it. */
export interface Load {
  readonly atMs: number;
  readonly slots: number;
  readonly held: number;
  readonly waiting: number;
  readonly active: number;
  readonly capacity: number;
}

export const hours = signal<number>(hoursInAddress());
export const report = signal<MetricsReport | null>(null);
export const health = signal<HealthReport | null>(null);
export const languages = signal<readonly LanguageDescription[]>([]);
export const failures = signal<FailuresReport['failures']>([]);
export const topUsers = signal<TopUsersReport['users']>([]);
export const samples = signal<readonly Load[]>([]);
export const updatedAt = signal<number | null>(null);
export const isAway = signal(false);
/** Why nothing is shown: the service requires a key, or counts nothing. */
export const refusal = signal<RefusedError | null>(null);

let controller = new AbortController();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Reads at once, and again whenever the range changes or the page becomes visible. */
export function watchService(): void {
  effect(() => {
    hours.value;
    void update();
  });
  document.addEventListener('visibilitychange', () => !document.hidden && void update());
}

export function chooseRange(chosen: number): void {
  window.history.replaceState(null, '', `?hours=${chosen}`);
  hours.value = chosen;
}

export async function update(): Promise<void> {
  controller.abort();
  controller = new AbortController();
  clearTimeout(timer);
  const { signal: aborted } = controller;
  try {
    await read(hours.peek(), aborted);
    isAway.value = false;
    refusal.value = null;
    updatedAt.value = Date.now();
  } catch (error) {
    if (aborted.aborted) return;
    if (error instanceof RefusedError) refusal.value = error;
    else isAway.value = true;
  }
  if (!document.hidden) timer = setTimeout(() => void update(), UPDATE_MS);
}

async function read(range: number, aborted: AbortSignal): Promise<void> {
  const [nextReport, nextLanguages, gauges, { failures: nextFailures }, { users }] = await Promise.all([
    getJson<MetricsReport>(`/api/v1/metrics?hours=${range}`, aborted),
    getJson<LanguageDescription[]>('/api/v1/languages', aborted),
    call('/metrics', { signal: aborted }).then((response) => response.text()),
    getJson<FailuresReport>(`/api/v1/metrics/failures?hours=${range}`, aborted),
    getJson<TopUsersReport>(`/api/v1/metrics/users?hours=${range}`, aborted),
  ]);
  // Last, as it runs a box, which would show as load.
  const nextHealth = await readHealth(aborted);
  report.value = nextReport;
  health.value = nextHealth;
  languages.value = nextLanguages;
  failures.value = nextFailures;
  topUsers.value = users;
  samples.value = [...samples.peek(), loadOf(gaugesIn(gauges))].slice(-MAX_SAMPLES);
}

/** The health is an answer of its own when it is bad: 503 with the same body. */
async function readHealth(aborted: AbortSignal): Promise<HealthReport> {
  const response = await fetch('/api/v1/health', { signal: aborted, cache: 'no-store' });
  return (await response.json()) as HealthReport;
}

function loadOf(gauges: ReadonlyMap<string, number>): Load {
  const gauge = (name: string) => gauges.get(name) ?? 0;
  return {
    atMs: Date.now(),
    slots: gauge('ces_slots'),
    held: gauge('ces_slots_held'),
    waiting: gauge('ces_slots_waiting'),
    active: gauge('ces_queue_active'),
    capacity: gauge('ces_queue_capacity'),
  };
}

function hoursInAddress(): number {
  const given = Number(new URLSearchParams(window.location.search).get('hours'));
  return RANGES.find(({ hours: known }) => known === given)?.hours ?? 24;
}
