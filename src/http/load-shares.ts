// Which client keeps the event loop busy: counts what each asks of it, in requests and in bytes that go in and out.

import { KIB } from '../units.ts';

const UNIT_BYTES = 50 * KIB;
/** Clients that are told apart; what further ones ask counts for nobody. */
const MAX_CLIENTS = 10_000;

export interface LoadShares {
  /** A request, with the bytes of its body or of its answer. */
  charge(clientId: string, bytes: number): void;
  /** Whether a client asked for at least its equal share of all that was asked for. */
  isHeavy(clientId: string): boolean;
  /** Begins another period; the last one still counts. */
  turn(): void;
}

export function createLoadShares(): LoadShares {
  let before = new Map<string, number>();
  let now = new Map<string, number>();
  const askedBy = (clientId: string) => (before.get(clientId) ?? 0) + (now.get(clientId) ?? 0);
  return {
    charge: (clientId, bytes) => {
      if (!now.has(clientId) && now.size >= MAX_CLIENTS) return;
      now.set(clientId, (now.get(clientId) ?? 0) + 1 + bytes / UNIT_BYTES);
    },
    isHeavy: (clientId) => {
      const clients = new Set([...before.keys(), ...now.keys()]);
      const asked = [...clients].reduce((sum, client) => sum + askedBy(client), 0);
      return askedBy(clientId) * clients.size >= asked;
    },
    turn: () => {
      before = now;
      now = new Map();
    },
  };
}
