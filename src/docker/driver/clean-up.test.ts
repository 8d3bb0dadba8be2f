// Which containers are left over: by whose they are, whether they run, and how old they are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestLog } from '../../log-fixture.ts';
import { type DockerEngine, EngineError } from '../engine.ts';
import { boxLabels } from '../labels.ts';
import { isStale, removeStaleContainers } from './clean-up.ts';

const NOW = 1_800_000_000; // seconds since 1970
const MINUTE = 60;
const HOUR = 3600;

const OWN = boxLabels('home', 'this process');
const EARLIER = boxLabels('home', 'an earlier process');
const OTHER = boxLabels('another home', 'another process');

for (const [what, Labels, State, age, stale] of [
  ['its own, running', OWN, 'running', 2 * HOUR, false],
  ['its own, being started', OWN, 'created', 2, false],
  ['its own, which just ended', OWN, 'exited', 2, false],
  ['its own, which ended and could not be removed', OWN, 'exited', 2 * MINUTE, true],
  ['its own, which could never be started', OWN, 'created', 2 * MINUTE, true],
  ["an earlier process's, running", EARLIER, 'running', 0, true],
  ["an earlier process's, ended", EARLIER, 'exited', 0, true],
  ["an earlier process's, never started", EARLIER, 'created', 0, true],
  ["an earlier process's, paused", EARLIER, 'paused', 0, true],
  ['of another home, running', OTHER, 'running', 2 * HOUR, false],
  ['of another home, being started', OTHER, 'created', 30, false],
  ['of another home, just ended', OTHER, 'exited', 30, false],
  ['of another home, ended long ago', OTHER, 'exited', 2 * MINUTE, true],
  ['of another home, dead', OTHER, 'dead', 2 * MINUTE, true],
  ['of another home, older than any execution', OTHER, 'running', 7 * HOUR, true],
  ['its own, running, however old', OWN, 'running', 7 * HOUR, false],
] as const)
  test(`a container that is ${what}, is ${stale ? 'left over' : 'left alone'}`, () => {
    const container = { Id: 'x', State, Created: NOW - age, Labels };
    assert.equal(isStale(container, { home: 'home', instance: 'this process' }, NOW), stale);
  });

test('ages are measured by the engine’s clock, not by this machine’s', async () => {
  const hoursAhead = Date.now() / 1000 + 7 * HOUR;
  for (const now of [hoursAhead, hoursAhead - 14 * HOUR]) {
    const listed = [
      { Id: 'young', State: 'running', Created: now - 5, Labels: OTHER },
      { Id: 'old', State: 'running', Created: now - 7 * HOUR, Labels: OTHER },
    ];
    const removed: string[] = [];
    const request: DockerEngine['request'] = async (method, path, options) => {
      if (method === 'DELETE') removed.push(path);
      options?.onClock?.(now);
      return listed as never;
    };
    const engine = { request } as DockerEngine;
    await removeStaleContainers(engine, { home: 'home', instance: 'this process', log: createTestLog() });
    assert.deepEqual(removed, ['/containers/old']);
  }
});

test('if the engine’s clock is unknown, no container is removed for its age', () => {
  const container = { Id: 'x', State: 'running', Created: 0, Labels: OTHER };
  assert.equal(isStale(container, { home: 'home', instance: 'this process' }, null), false);
});

test('a container that cannot be removed is logged, and the others are removed', async () => {
  const listed = ['a', 'b', 'c'].map((Id) => ({ Id, State: 'running', Created: 0, Labels: EARLIER }));
  const removed: string[] = [];
  const request = async (method: string, path: string) => {
    if (method === 'GET') return listed;
    if (path === '/containers/b') throw new EngineError('it does not answer', null);
    removed.push(path);
    return null;
  };
  const engine = { request } as unknown as DockerEngine;
  const log: string[] = [];
  const options = {
    home: 'home',
    instance: 'this process',
    log: createTestLog(({ message }) => log.push(message)),
  };
  assert.equal(await removeStaleContainers(engine, options), 2);
  assert.deepEqual(removed, ['/containers/a', '/containers/c']);
  assert.deepEqual(log, ['a left container could not be removed']);
});
