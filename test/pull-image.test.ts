// Pulling images from a registry into an engine that has none of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageProgress } from '../src/docker/images/build-image.ts';
import { splitReference } from '../src/docker/images/image-reference.ts';
import { imageExists } from '../src/docker/images/image-status.ts';
import { pullImage } from '../src/docker/images/pull-image.ts';
import { buildBareImage } from './bare-image.ts';
import { startOwnEngine, whyNoOwnEngine } from './docker-engine.ts';
import { pushImage, startRegistry, whyNoRegistry } from './docker-registry.ts';

const skip = whyNoOwnEngine() || whyNoRegistry();

test('an image is pulled with progress, and what is not there is an error that names it', {
  skip,
}, async () => {
  await using registry = await startRegistry();
  const own = await startOwnEngine();
  try {
    const { engine } = own;
    const bare = await buildBareImage(engine);
    const pushed = await pushImage(engine, bare, registry);
    await engine.request('DELETE', `/images/${bare}`);
    assert.equal(await imageExists(pushed, engine), false);

    const reported: ImageProgress[] = [];
    await pullImage(pushed, engine, { onProgress: (progress) => reported.push(progress) });
    assert.equal(await imageExists(pushed, engine), true);
    assert.ok(reported.some(({ message }) => message.includes('Pull complete')));
    assert.ok(reported.every(({ image }) => image === pushed));
    const bytes = reported.flatMap(({ currentBytes, totalBytes }) =>
      currentBytes ? [[currentBytes, totalBytes]] : [],
    );
    assert.ok(bytes.every(([current = 0, total = 0]) => current <= total));

    const missing = `${splitReference(pushed).name}:missing`;
    await assert.rejects(pullImage(missing, engine, { onProgress: () => {} }), /EngineError.*missing/);
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(pullImage(pushed, engine, { onProgress: () => {}, signal: stopped }));
  } finally {
    await own.close();
  }
});
