// What is let through, asked with values of every kind: whatever comes, the answer is a refusal or the driver's own
// configuration.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { GIB, MIB } from '../../units.ts';
import { containerConfig, limitsConfig } from '../container-config.ts';
import { boxLabels } from '../labels.ts';
import { allowContainer, allowLimits } from './allowed-container.ts';
import { parseTarget } from './parse-request.ts';
import { Refusal } from './refusal.ts';

const settings = { seccompProfile: '{"defaultAction":"SCMP_ACT_ERRNO"}', runtime: undefined };
const rules = { settings, maxMemoryBytes: GIB };
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const limits = { memoryBytes: 64 * MIB, processes: 16, cpuQuota: 0.5 };
const identity = { uid: 61_000, labels: boxLabels('home', randomUUID()) };
const driverConfig = () =>
  copy(containerConfig({ image: 'a/b:1', diskBytes: 8 * MIB, limits }, identity, settings));

const refusedOr = <T>(action: () => T): T | null => {
  try {
    return action();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return null;
  }
};

/** Every place of a JSON value, as the keys that lead there. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function change(config: object, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  let at = config as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = value;
  return config;
}

test('what any quota, size and number of the driver asks for is let through as it is', () => {
  const quota = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 6400 }).map((n) => n / 100),
  );
  const mib = fc.integer({ min: 1, max: 1024 }).map((n) => n * MIB);
  fc.assert(
    fc.property(
      quota,
      mib,
      mib,
      fc.integer({ min: 61_000, max: 61_255 }),
      (cpuQuota, memoryBytes, diskBytes, uid) => {
        const spec = { image: 'a/b:1', diskBytes, limits: { memoryBytes, processes: 70, cpuQuota } };
        const config = copy(containerConfig(spec, { ...identity, uid }, settings));
        assert.deepEqual(copy(allowContainer(config, rules).configFor('a/b:1', {})), config);
        const update = copy(limitsConfig(spec.limits));
        assert.deepEqual(copy(allowLimits(update, rules)), update);
      },
    ),
  );
});

test('whatever one place of a configuration is changed to, it is refused or remains the driver’s', () => {
  const places = placesOf(driverConfig());
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue(), (path, value) => {
      const wanted = change(driverConfig(), path, copy(value));
      const allowed = refusedOr(() => allowContainer(copy(wanted), rules));
      if (allowed !== null) assert.deepEqual(copy(allowed.configFor(allowed.image, {})), wanted);
    }),
    { numRuns: 2000 },
  );
});

test('whatever is added to a configuration is refused', () => {
  const objects = placesOf(driverConfig()).filter((path) => {
    const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], driverConfig());
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...objects),
      fc.string({ minLength: 1 }),
      fc.jsonValue(),
      (path, key, value) => {
        const config = driverConfig();
        const target = path.reduce<unknown>((at, each) => (at as Record<string, unknown>)[each], config);
        if (Object.hasOwn(target as object, key)) return;
        Object.defineProperty(target, key, { value: copy(value), enumerable: true });
        assert.equal(
          refusedOr(() => allowContainer(config, rules)),
          null,
        );
      },
    ),
    { numRuns: 1000 },
  );
});

test('whatever the path, it is refused or has one meaning', () => {
  const piece = fc.constantFrom(
    '/',
    '.',
    '..',
    '%2f',
    '%2e',
    'containers',
    'v1.41',
    '?',
    '&',
    '=',
    ';',
    '#',
    '\\',
    'a',
  );
  const url = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`),
  );
  fc.assert(
    fc.property(url, (written) => {
      const target = refusedOr(() => parseTarget(written));
      if (target === null) return;
      assert.equal(new URL(target.path, 'http://docker').pathname, target.path);
      assert.equal(decodeURIComponent(target.path), target.path);
      assert.doesNotMatch(target.path, /\.\.|\/\/|\/\.|\/$|^\/v\d/);
    }),
    { numRuns: 5000 },
  );
});
