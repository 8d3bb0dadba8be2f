// A worker under a real systemd, whose control groups are version 2: the script installs its unit, systemd starts it with all
// that the unit takes away, it runs programs within their limits in groups below the unit's, and a stop drains it. Runs only
// in the guest that run.sh boots with --systemd.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type RedisServer, startRedis } from '../../src/redis/redis-fixture.ts';
import { ended, startInFleet } from '../fleet.ts';
import { execute, PROJECT, type Service } from '../service.ts';

const skip =
  process.env.CGROUP2_GUEST === 'systemd' ? false : 'needs the guest of test/cgroup2/run.sh --systemd';
const PORT = '3104';
const UNIT = `code-execution-worker@${PORT}.service`;
const SETTINGS = '/etc/code-execution-service';
const READY_SECONDS = '600';

let redis: RedisServer;
let api: Service;
const ends: (() => Promise<void>)[] = [];

/** The packages are those of the project, which are not installed a second time. */
function install(): { readonly status: number | null; readonly said: string } {
  mkdirSync('/run/bin', { recursive: true });
  writeFileSync('/run/bin/npm', `#!/bin/sh\nln -s ${PROJECT}/node_modules node_modules\n`, { mode: 0o755 });
  const { status, stdout, stderr } = spawnSync(join(PROJECT, 'deploy/systemd/install.sh'), ['worker', PORT], {
    env: { ...process.env, PATH: `/run/bin:${process.env.PATH}`, READY_SECONDS },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

function property(name: string): string {
  return execFileSync('systemctl', ['show', '--value', '-p', name, UNIT], { encoding: 'utf8' }).trim();
}

const groupOf = () => join('/sys/fs/cgroup', property('ControlGroup'));

before(async () => {
  if (skip) return;
  redis = await startRedis(['--appendfsync', 'no']);
  mkdirSync(SETTINGS, { recursive: true });
  const settings = [
    `REDIS_URL=redis://127.0.0.1:${redis.port}`,
    ...[
      'LANGUAGES=bash',
      'TOOLCHAINS=host',
      'CODE_VALIDATION=off',
      'CONCURRENCY=1',
      'MAX_EVENT_LOOP_DELAY_MS=0',
    ],
    ...['LEASE_SECONDS=60', 'SHUTDOWN_GRACE_SECONDS=30'],
  ];
  writeFileSync(join(SETTINGS, 'worker.env'), settings.join('\n'));
  const { status, said } = install();
  const journal = () =>
    execFileSync('journalctl', ['-u', UNIT, '--no-pager', '-n', '60'], { encoding: 'utf8' });
  assert.equal(status, 0, status === 0 ? '' : `${said}\n${journal()}`);
  const t = { after: (end: () => Promise<void>) => void ends.unshift(end) };
  api = await startInFleet(t, { role: 'api', redisPort: redis.port, languages: ['bash'] });
});

after(async () => {
  for (const end of ends) await end();
  await redis?.[Symbol.asyncDispose]();
});

async function statusOf(program: object): Promise<string> {
  const answer = await execute(api, { language: 'bash', time_limit: 10, ...program });
  return ((await answer.json()) as { status: string }).status;
}

test('programs run, and control groups end them at their limits', { skip }, async () => {
  assert.equal(await statusOf({ code: 'echo 1' }), 'completed');
  assert.equal(
    await statusOf({ code: 'x=$(head -c 200000000 /dev/zero | tr "\\0" x)', memory_limit: 64 }),
    'memory_limit_exceeded',
  );
  assert.equal(await statusOf({ code: 'while :; do :; done', time_limit: 1 }), 'time_limit_exceeded');
});

test('the unit is what systemd was asked for, and the groups of boxes are below its own', { skip }, () => {
  assert.equal(property('ActiveState'), 'active');
  assert.equal(property('Delegate'), 'yes');
  assert.match(property('CapabilityBoundingSet'), /cap_sys_admin/);
  assert.doesNotMatch(property('CapabilityBoundingSet'), /cap_sys_module/);
  const ownIn = (directory: string) =>
    readdirSync(directory).filter((name) => name.startsWith('code-execution-'));
  // The service itself is in one, the boxes of its supervisor in the other.
  const groups = ownIn(groupOf());
  assert.equal(groups.length, 2, groups.join());
  assert.ok(groups.includes('code-execution-service'));
  assert.deepEqual(ownIn('/sys/fs/cgroup'), []);
});

test('a stop drains it: what runs ends with its result, and nothing is left', { skip }, async () => {
  const answer = await fetch(`${api.url}/api/v1/executions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ language: 'bash', code: 'sleep 3; echo drained' }),
  });
  const { execution_id: id } = (await answer.json()) as { execution_id: string };
  const group = groupOf();
  for (;;) {
    const found = await fetch(`${api.url}/api/v1/executions/${id}`);
    if (((await found.json()) as { status: string }).status === 'running') break;
  }
  execFileSync('systemctl', ['stop', UNIT]);
  const { status, attempts, results } = await ended(() => api.url, id);
  assert.deepEqual([status, attempts, results[0]?.stdout], ['completed', 1, 'drained\n']);
  assert.equal(property('Result'), 'success');
  assert.equal(existsSync(group), false, 'its control group is still there');
});
