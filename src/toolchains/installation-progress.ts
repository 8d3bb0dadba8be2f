// The progress of an installation of several steps: the current step, its start, and its activity. It does not know what
// is installed.

import type { InstallationProgress, Log } from './toolchain.ts';

/** While a step takes long, the log says so this often. */
const REMINDER_MS = 60_000;

export interface Step {
  readonly languageIds: readonly string[];
  readonly megabytes: number | null;
}

export interface ProgressReport {
  /** Begins a step; disposing ends it. */
  begin(step: Step): Disposable;
  /** Takes lines of the step under way, and passes them on. */
  readonly log: Log;
  of(languageId: string): InstallationProgress | null;
}

export function createProgressReport(
  steps: readonly Step[],
  log: Log,
  now = () => new Date(),
): ProgressReport {
  const began = now();
  let current: { readonly step: Step; readonly since: Date; doing: string } | null = null;
  const numberOf = (step: Step) => steps.indexOf(step) + 1;
  const where = (step: Step) => `${numberOf(step)} of ${steps.length}`;
  const secondsSince = (since: Date) => Math.round((now().getTime() - since.getTime()) / 1000);
  return {
    begin: (step) => {
      const under = { step, since: now(), doing: 'preparing' };
      current = under;
      const details = () => ({ languages: step.languageIds, step: where(step), megabytes: step.megabytes });
      log('Installing languages', details());
      const remind = () =>
        log('Still installing languages', {
          ...details(),
          doing: under.doing,
          seconds: secondsSince(under.since),
        });
      const reminder = setInterval(remind, REMINDER_MS).unref();
      return {
        [Symbol.dispose]: () => {
          clearInterval(reminder);
          current = null;
        },
      };
    },
    log: (message, details, level) => {
      if (current === null) return log(message, details, level);
      if (level === undefined || level === 'info') current.doing = message.replace(/\.+$/, '');
      log(message, { ...details, step: where(current.step) }, level);
    },
    of: (languageId) => {
      const step = steps.find(({ languageIds }) => languageIds.includes(languageId));
      if (step === undefined) return null;
      const place = { step: numberOf(step), steps: steps.length, megabytes: step.megabytes };
      if (current?.step === step) return { ...place, doing: current.doing, since: current.since };
      const before = current === null ? 'its turn' : `step ${numberOf(current.step)}`;
      return { ...place, doing: `waiting for ${before}`, since: began };
    },
  };
}
