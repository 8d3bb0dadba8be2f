// Which client keeps the event loop busy: counts the requests of each, and the bytes of their bodies and answers.

import { KIB } from '../units.ts';

const UNIT_BYTES = 50 * KIB;
/** Clients that are counted; requests of further ones are not. */
const MAX_CLIENTS = 10_000;

export interface LoadShares {
  /** A request, with the bytes of its body or of its answer. */
  charge(clientId: string, bytes: number): void;
  /** Whether a client used at least its equal share of the total. */
  isHeavy(clientId: string): boolean;
  /** Begins another period; the previous one still counts. */
  turn(): void;
}

export function createLoadShares(): LoadShares {
  let before = new Map<string, number>();
  let now = new Map<string, number>();
  const usedBy = (clientId: string) => (before.get(clientId) ?? 0) + (now.get(clientId) ?? 0);
  return {
    charge: (clientId, bytes) => {
      if (!now.has(clientId) && now.size >= MAX_CLIENTS) return;
      now.set(clientId, (now.get(clientId) ?? 0) + 1 + bytes / UNIT_BYTES);
    },
    isHeavy: (clientId) => {
      const clients = new Set([...before.keys(), ...now.keys()]);
      const total = [...clients].reduce((sum, client) => sum + usedBy(client), 0);
      return usedBy(clientId) * clients.size >= total;
    },
    turn: () => {
      before = now;
      now = new Map();
    },
  };
}
