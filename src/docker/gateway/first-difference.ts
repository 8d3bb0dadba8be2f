// Compares a request with the only one that is allowed.

import { shown } from './refusal.ts';

/** The first place where two JSON values differ, as a sentence about `got`; `null` when they are equal. */
export function firstDifference(wanted: unknown, got: unknown, place = ''): string | null {
  if (!isObject(wanted)) return wanted === got ? null : mismatch(wanted, got, place);
  if (!isObject(got) || Array.isArray(got) !== Array.isArray(wanted)) return mismatch(wanted, got, place);
  const extra = Object.keys(got).find((key) => !Object.hasOwn(wanted, key));
  if (extra !== undefined) return `${join(place, extra)} is not allowed, got ${shown(got[extra])}`;
  for (const [key, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(got, key)) return `${join(place, key)} is missing`;
    const difference = firstDifference(value, got[key], join(place, key));
    if (difference !== null) return difference;
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function mismatch(wanted: unknown, got: unknown, place: string): string {
  return `${place || 'the body'} must be ${shown(wanted)}, got ${shown(got)}`;
}

function join(place: string, key: string): string {
  const name = key.slice(0, 100);
  return place === '' ? name : `${place}.${name}`;
}
