// What the health report looks at in each part of the service. Each check is made from a function or a directory, so
// that it knows no part itself. A `detail` is public: it names no path of the host.

import { statfs } from 'node:fs/promises';
import type { HealthCheck } from './health-report.ts';
import type { LanguageDescription } from './language-description.ts';

const MIB = 1024 * 1024;
/** Below this there is no room for another toolchain. */
const LOW_DISK_MB = 512;

/** `probe` makes a real box and resolves with the milliseconds it took. `choice` says which driver, and why. */
export function checkSandbox(probe: () => Promise<number>, choice: string): HealthCheck {
  return async () => ({
    status: 'healthy',
    detail: `a box ran in ${(await probe()).toFixed(1)} ms; ${choice}`,
  });
}

/** `version` asks the engine that runs the containers. */
export function checkDocker(version: () => Promise<string>): HealthCheck {
  return async () => ({ status: 'healthy', detail: `engine ${await version()} answers` });
}

export function checkQueue(depth: () => { active: number; capacity: number }): HealthCheck {
  return async () => {
    const { active, capacity } = depth();
    const status = active < capacity ? 'healthy' : 'degraded';
    return { status, detail: `${active} of at most ${capacity} executions wait or run` };
  };
}

export function checkDisk(directory: string): HealthCheck {
  return async () => {
    const { bavail, bsize } = await statfs(directory);
    const freeMb = Math.floor((bavail * bsize) / MIB);
    return { status: freeMb < LOW_DISK_MB ? 'degraded' : 'healthy', detail: `${freeMb} MB free` };
  };
}

/** `ping` rejects when Redis does not answer, which no execution needs. `null`: no Redis is used. */
export function checkRedis(ping: (() => Promise<void>) | null): HealthCheck {
  if (ping === null) return checkUnused;
  return () =>
    ping().then(
      () => ({ status: 'healthy', detail: 'it answers' }),
      () => ({ status: 'degraded', detail: 'it does not answer; executions go on, metrics wait for it' }),
    );
}

/** Of a part that this service could use and does not: there is nothing that could fail. */
export async function checkUnused() {
  return { status: 'healthy', detail: 'not used' } as const;
}

/** A language that is missing is told by its name; the service is well as long as it can run any. */
export function checkLanguages(languages: () => readonly LanguageDescription[]): HealthCheck {
  return async () => {
    const named = (status: string) => languages().filter((language) => language.status === status);
    const [ready, installing, missing] = [named('ready'), named('installing'), named('missing')];
    const parts = [
      `${ready.length} ready`,
      ...listed('installing', installing),
      ...listed('missing', missing),
    ];
    const withoutAny = installing.length > 0 ? 'degraded' : 'unhealthy';
    return { status: ready.length > 0 ? 'healthy' : withoutAny, detail: parts.join('; ') };
  };
}

function listed(state: string, languages: readonly LanguageDescription[]): string[] {
  return languages.length === 0 ? [] : [`${state}: ${languages.map(({ id }) => id).join(', ')}`];
}
