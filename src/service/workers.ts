// The processes that run programs, as the metrics report them: those of the fleet, or this one.

import { hostname } from 'node:os';
import type { SlotScheduler } from '../execution/slot-scheduler.ts';
import type { Language } from '../languages/language.ts';
import type { Worker } from '../metrics/report.ts';
import { type Fleet, kindOf } from './fleet.ts';
import type { ChosenSandbox } from './sandbox-choice.ts';

interface WorkersParts {
  readonly shared: { readonly fleet: Pick<Fleet, 'state'> } | null;
  readonly sandbox: { readonly name: string };
  readonly toolchains: Pick<ChosenSandbox['toolchains'], 'of' | 'status'>;
  readonly scheduler: Pick<SlotScheduler, 'state'>;
  readonly version: string;
  readonly languages: () => readonly Language[];
}

export function liveWorkers(parts: WorkersParts): () => readonly Worker[] {
  const { shared, sandbox, toolchains, scheduler, version, languages } = parts;
  if (shared !== null)
    return () =>
      shared.fleet.state().workers.map(({ kinds, ...rest }) => ({
        ...rest,
        languages: [...kinds],
        installing: [...rest.installing],
      }));
  return () => {
    const { slots, held } = scheduler.state();
    const ids = languages().map(({ id }) => id);
    return [
      {
        host: hostname(),
        version,
        sandbox: sandbox.name,
        slots,
        running: held,
        languages: ids.flatMap((id) => toolchains.of(id).map((toolchain) => kindOf(id, toolchain.version))),
        installing: ids.filter((id) => toolchains.status(id) === 'installing'),
      },
    ];
  };
}
