// The containers of this gateway: made through it, or through an earlier one of the same name. It recognizes them
// from all others of the engine, and bounds how many there are.

import type { DockerEngine } from '../engine.ts';
import { BOX_FILTERS } from '../labels.ts';
import { Refusal } from './refusal.ts';

export interface BoxRegister {
  /** Labels that a container gets beside those of the driver. */
  readonly labels: Readonly<Record<string, string>>;
  /** Runs `create` unless there are too many, and keeps the identifier that it resolves with. */
  make(create: () => Promise<string>): Promise<string>;
  /** Throws a `Refusal` for a container that was not made through this process. */
  requireOwn(id: string): void;
  /** Throws a `Refusal` for a container that was made through no gateway of this name, or an `EngineError`. */
  requireBox(id: string): Promise<void>;
  /** True the first time for each container. */
  claimAttach(id: string): boolean;
  forget(id: string): void;
  /** What the engine reports of those that there are, and its clock. */
  list(onClock?: (seconds: number) => void): Promise<readonly { readonly Id: string }[]>;
}

const GATEWAY = 'code-execution-service.gateway';
const TIMEOUT_MS = 30_000;

export function createBoxRegister(
  engine: DockerEngine,
  { name, maximum }: { readonly name: string; readonly maximum: number },
): BoxRegister {
  const own = new Map<string, { attached: boolean }>();
  const labels = { [GATEWAY]: name };
  const wanted: { label: string[] } = JSON.parse(BOX_FILTERS);
  const filters = JSON.stringify({ label: [...wanted.label, `${GATEWAY}=${name}`] });
  let making = 0;

  function list(onClock?: (seconds: number) => void): Promise<readonly { readonly Id: string }[]> {
    return engine.request('GET', '/containers/json', {
      query: { all: true, filters },
      timeoutMs: TIMEOUT_MS,
      ...(onClock && { onClock }),
    });
  }

  /** Containers may have gone without our doing. */
  async function recount(): Promise<void> {
    const known = [...own.keys()]; // none that is made while the engine answers
    const there = new Set((await list()).map(({ Id }) => Id));
    for (const id of known) if (!there.has(id)) own.delete(id);
  }

  return {
    labels,
    async make(create) {
      if (own.size + making >= maximum) await recount();
      if (own.size + making >= maximum) throw new Refusal(`there are ${maximum} containers already`, 503);
      making += 1;
      try {
        const id = await create();
        own.set(id, { attached: false });
        return id;
      } finally {
        making -= 1;
      }
    },
    requireOwn(id) {
      if (!own.has(id)) throw new Refusal('the container was not made through this gateway');
    },
    async requireBox(id) {
      if (own.has(id)) return;
      const path = `/containers/${id}/json`;
      const found = await engine.request<{ Config: { Labels: Record<string, string> | null } }>('GET', path, {
        timeoutMs: TIMEOUT_MS,
      });
      if (found.Config.Labels?.[GATEWAY] !== name)
        throw new Refusal('the container was not made through a gateway of this name');
    },
    claimAttach(id) {
      const box = own.get(id);
      if (box === undefined || box.attached) return false;
      box.attached = true;
      return true;
    },
    forget: (id) => void own.delete(id),
    list,
  };
}
