// Signals by their names.

import { constants } from 'node:os';

/** 0 for an unknown name. */
export function signalNumber(name: string): number {
  return (constants.signals as Readonly<Record<string, number>>)[name] ?? 0;
}
