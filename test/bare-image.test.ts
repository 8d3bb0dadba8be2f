// The bare image and the engine that tests start, against a real engine: the image has the layout that every image
// promises, and the engine leaves nothing behind.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { askVersion } from '../src/docker/engine.ts';
import { BARE_IMAGE, buildBareImage, PROBE_IN_IMAGE } from './bare-image.ts';
import { engineForTests, startOwnEngine, whyNoOwnEngine } from './docker-engine.ts';
import { runInImage } from './run-in-image.ts';

const { engine, skip } = await engineForTests();

test('the bare image is built once and has the label of its recipe', { skip }, async () => {
  assert(engine);
  assert.equal(await buildBareImage(engine), BARE_IMAGE);
  const inspect = () => engine.request<{ Id: string }>('GET', `/images/${BARE_IMAGE}/json`);
  const { Id } = await inspect();
  await buildBareImage(engine);
  assert.equal((await inspect()).Id, Id);
});

test('a container of the bare image has users for boxes, links into /box, and only /box is writable', {
  skip,
}, async () => {
  assert(engine);
  const image = await buildBareImage(engine);
  const probe = async (...argv: string[]) => {
    const { exitCode, stdout } = await runInImage(engine, { image, argv: [PROBE_IN_IMAGE, ...argv] });
    return { exitCode, stdout };
  };
  const { stdout: users } = await probe('print', '/etc/passwd');
  assert.match(users, /^box0:x:61000:61000::\/tmp:\/bin\/sh$/m);
  assert.match(users, /^box255:x:61255:61255::/m);
  assert.match((await probe('list', '/')).stdout, /^bin\nbox\nbuild\ncode\n/);
  assert.deepEqual(await probe('list', '/box'), { exitCode: 0, stdout: '' });
  assert.equal((await probe('write', '/box/file', '10')).exitCode, 0);
  assert.notEqual((await probe('write', '/opt/file', '10')).exitCode, 0);
  assert.notEqual((await probe('write', '/tmp/file', '10')).exitCode, 0, 'process 1 has not made /box/tmp');
});

const noOwn = whyNoOwnEngine();
test('an engine of a test can be killed and started again, and leaves nothing behind', {
  skip: noOwn,
}, async () => {
  const own = await startOwnEngine();
  const directory = own.address.replace('unix://', '').replace('/docker.sock', '');
  const first = own.pid();
  try {
    assert.equal(await buildBareImage(own.engine), BARE_IMAGE);
    await own.kill('SIGKILL');
    await assert.rejects(askVersion(own.engine, 1000), { name: 'EngineError' });
    await own.start();
    assert.notEqual(own.pid(), first);
    const inspected = await own.engine.request<{ RepoTags: string[] }>('GET', `/images/${BARE_IMAGE}/json`);
    assert.deepEqual(inspected.RepoTags, [BARE_IMAGE]);
  } finally {
    await own.close();
  }
  assert.equal(existsSync(directory), false);
  assert.equal(readFileSync('/proc/self/mounts', 'utf8').includes(directory), false);
});
