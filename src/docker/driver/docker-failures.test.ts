// What the Docker driver does when a container or an image is taken away from outside, at any time: it never tells that as
// a program's end, a second try succeeds where one can, and nothing is left.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PROBE_IN_IMAGE } from '../../../test/bare-image.ts';
import { engineForTests } from '../../../test/docker-engine.ts';
import { type DockerEngine, EngineError } from '../engine.ts';
import {
  assertServes,
  bareRoot,
  describeError,
  eventually,
  LIMITS,
  nameImage,
  nothingLeft,
  probe,
  runningContainer,
  runProbe,
  sandboxErrorOf,
  startSandbox,
} from './docker-fixture.ts';

const { engine } = await engineForTests();
if (engine) {
  const root = await bareRoot(engine);
  const kill = (id: string) => engine.request('POST', `/containers/${id}/kill`);
  const remove = (id: string) => engine.request('DELETE', `/containers/${id}`, { query: { force: true } });

  /** Those of programs that ended are being removed. */
  const ignoreGone = (error: unknown) => {
    if (!(error instanceof EngineError) || (error.status !== 404 && error.status !== 409)) throw error;
  };

  test('a container whose creation is confirmed too late does not outlive the service', async () => {
    let [isLate, created] = [true, ''];
    const request: DockerEngine['request'] = async <T>(...args: Parameters<DockerEngine['request']>) => {
      const answer = await engine.request<T>(...args);
      if (args[1] !== '/containers/create' || !isLate) return answer;
      isLate = false;
      created = (answer as { Id: string }).Id;
      throw new EngineError('POST /containers/create: no answer in time', null);
    };
    const used = await startSandbox({ ...engine, request });
    await sandboxErrorOf(probe(used, root, ['exit', '0']));
    assert.equal((await probe(used, root, ['exit', '4'])).exitCode, 4);
    assert.ok((await used.containers()).some(({ Id }) => Id === created));
    await used.sandbox.close();
    assert.deepEqual(await used.containers(), []);
  });

  describe('a container taken away', () => {
    for (const [how, takeAway] of [
      ['killed', kill],
      ['removed', remove],
    ] as const)
      test(`while its program runs: ${how}, the run fails, the next one of the workspace succeeds`, async () => {
        await using used = await startSandbox(engine);
        await using workspace = await used.sandbox.open(root, []);
        const run = sandboxErrorOf(runProbe(workspace, ['sleep', '60000']));
        await takeAway(await runningContainer(engine, used.home));
        const error = await run;
        assert.equal(error.retryable, true);
        assert.match(error.message, /the container ended/);
        assert.equal((await runProbe(workspace, ['exit', '3'])).exitCode, 3);
        assert.equal((await used.containers()).length, 1);
      });

    for (const [how, takeAway] of [
      ['killed', kill],
      ['removed', remove],
    ] as const)
      test(`between two programs of a workspace: ${how}, the second one has another`, async () => {
        await using used = await startSandbox(engine);
        await using workspace = await used.sandbox.open(root, []);
        const { signal } = new AbortController();
        const limits = { ...LIMITS, fileSizeBytes: 8 << 20 };
        const compiler = { argv: [PROBE_IN_IMAGE, 'build'], environment: {} };
        assert.equal((await workspace.build(compiler, limits, signal)).exitCode, 0);
        for (const { Id } of await used.containers()) await takeAway(Id);
        await eventually('none is left alive', async () =>
          (await used.containers()).every(({ State }) => State !== 'running'),
        );
        const program = { argv: ['/build/program', 'list', '/build'], environment: {} };
        const { stdout } = await workspace.run(program, new Uint8Array(), limits, signal);
        assert.equal(Buffer.from(stdout).toString(), 'inner\nprogram\n');
      });

    test('that were ready: removed or killed, submissions do not notice', async () => {
      await using used = await startSandbox(engine, { poolSize: 3 });
      await assertServes(used, root);
      await eventually('one is ready', () => used.sandbox.pool().idle > 0);
      for (const takeAway of [remove, kill]) {
        for (const { Id } of await used.containers()) await takeAway(Id).catch(ignoreGone);
        await assertServes(used, root);
        await eventually('one is ready again', () => used.sandbox.pool().idle > 0);
      }
    });

    test('by its own workspace, which is closed while it is being started: nothing is left', async () => {
      await using used = await startSandbox(engine);
      const workspace = await used.sandbox.open(root, []);
      const run = runProbe(workspace, ['sleep', '60000'], { limits: { wallTimeMs: 300 } });
      const ended = run.then(
        () => 'ended',
        () => 'failed',
      );
      await eventually('it is made', async () => (await used.containers()).length > 0);
      await workspace[Symbol.asyncDispose]();
      await ended;
      await nothingLeft(engine, used.home);
    });

    test('by the engine only when it is asked again is not left', async () => {
      let refusals = 0;
      const request: DockerEngine['request'] = (method, path, options) => {
        if (method === 'DELETE' && refusals++ < 2) throw new EngineError('500 directory not empty', 500);
        return engine.request(method, path, options);
      };
      await using used = await startSandbox({ ...engine, request });
      refusals = 0; // what others left may have been removed at the start
      await assertServes(used, root);
      await nothingLeft(engine, used.home);
      assert.equal(refusals, 3);
      assert.deepEqual(used.log, []);
    });

    test('after a program that used up its memory: killed, that is not told of the next one', async () => {
      await using used = await startSandbox(engine);
      await using workspace = await used.sandbox.open(root, []);
      const first = await runProbe(workspace, ['memory', String(64 << 20)]);
      assert.equal(first.outOfMemory, true);
      const run = sandboxErrorOf(runProbe(workspace, ['sleep', '60000']));
      await kill(await runningContainer(engine, used.home));
      assert.equal((await run).retryable, true);
    });
  });

  describe('an image', () => {
    test('that is not there is named, and not asked for again', async () => {
      await using used = await startSandbox(engine);
      const missing = { fingerprint: 'x', image: 'code-execution-service/nowhere:1' };
      const error = await sandboxErrorOf(probe(used, missing, ['exit', '0']));
      assert.equal(error.retryable, false);
      assert.equal(error.message, 'the image code-execution-service/nowhere:1 is not there');
      await nothingLeft(engine, used.home);
    });

    test('removed while containers of it are ready serves by these, then is named as missing', async () => {
      await using used = await startSandbox(engine, { poolSize: 1 });
      await using named = await nameImage(engine, root);
      await assertServes(used, named.root);
      await eventually('one is ready', () => used.sandbox.pool().idle === 1);
      await named.remove();
      await assertServes(used, named.root);
      const error = await sandboxErrorOf(probe(used, named.root, ['exit', '0']));
      assert.equal(error.retryable, false);
      assert.match(describeError(error), /^the image .* is not there: .*404 No such image/);
      await eventually('the failed refill is in the log', () =>
        used.log.some((line) => line.includes('could not be made ready the image')),
      );
    });
  });
}
