// Whole executions in containers while the engine or the containers fail: one retry makes them succeed where it can;
// otherwise a test ends as an internal error, or the execution as unavailable. Never is it the program's verdict.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROBE_IN_IMAGE } from '../../../test/bare-image.ts';
import { engineForTests } from '../../../test/docker-engine.ts';
import type { ExecuteRequest } from '../../api/execution.ts';
import { ServiceError } from '../../errors.ts';
import { createExecute } from '../../execution/execute.ts';
import { createJudgeThreads } from '../../execution/judge-threads.ts';
import { createSlotScheduler } from '../../execution/slot-scheduler.ts';
import type { Language } from '../../languages/language.ts';
import type { ImageRoot } from '../../sandbox/sandbox.ts';
import { SandboxError } from '../../sandbox/sandbox.ts';
import { createAccept } from '../../submissions/accept.ts';
import type { Toolchain } from '../../toolchains/toolchain.ts';
import type { DockerEngine } from '../engine.ts';
import { removeContainer } from './container.ts';
import {
  bareRoot,
  eventually,
  nameImage,
  nothingLeft,
  runningContainer,
  startSandbox,
  type TestSandbox,
} from './docker-fixture.ts';
import { startDetour } from './engine-detour-fixture.ts';

const SLOTS = 2;
const EXAMPLE = { code: '', stdin: '', expectedOutput: '' };

/** Its programs are the probe, and a request's arguments say what it does. */
const PROBE_LANGUAGE: Language = {
  id: 'probe',
  name: 'Probe',
  aliases: [],
  fileExtension: '.txt',
  tools: [],
  debianPackages: [],
  versionTool: 'probe',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.txt',
  run: () => ({ argv: [PROBE_IN_IMAGE], environment: {} }),
  examples: { hello: EXAMPLE, sum: EXAMPLE },
};

/** The same, compiled into a program of its own. */
const BUILT_LANGUAGE: Language = {
  ...PROBE_LANGUAGE,
  id: 'built',
  compile: () => ({ argv: [PROBE_IN_IMAGE, 'build'], environment: {} }),
  run: () => ({ argv: ['/build/program'], environment: {} }),
};

const LANGUAGES = [PROBE_LANGUAGE, BUILT_LANGUAGE];

/** Executes requests in a sandbox; `log` has what it said on the way. */
function createService({ sandbox }: TestSandbox, root: ImageRoot) {
  const log: string[] = [];
  const languages = { find: (id: string) => LANGUAGES.find((each) => each.id === id) ?? null };
  const toolchain = {
    source: 'image',
    version: '1.0',
    root,
    tools: {},
    prebuilt: '',
    prebuiltParts: [],
  } as const;
  const toolchains = {
    of: (languageId: string): Toolchain[] => [{ ...toolchain, languageId }],
    status: () => 'ready' as const,
    problem: () => null,
  };
  const record = (_details: object, message: string) => void log.push(message);
  const accept = createAccept({
    languages: { all: LANGUAGES, ...languages },
    toolchains,
    settings: { maxCodeLength: 1000 },
  });
  const execute = createExecute({
    sandbox,
    scheduler: createSlotScheduler(SLOTS),
    languages,
    toolchains,
    executionTimeoutSeconds: 30,
    cpuLimit: 0,
    judges: createJudgeThreads(),
    log: { warn: record, error: record },
  });
  const run = async (request: Partial<ExecuteRequest>) =>
    execute(await accept({ language: 'probe', code: 'x', ...request }), new AbortController().signal);
  return { execute: run, log };
}

const echo = (word: string) => ({ input: word, expected_output: word, args: ['echo'] });
const SLOW = { args: ['sleep', '700'], time_limit: 5 };

const { engine, address } = await engineForTests();
if (engine) {
  const root = await bareRoot(engine);

  /** Removes the container of the program that runs, again and again or once. */
  async function removeRunning(home: string, times: number): Promise<void> {
    let last = '';
    for (let done = 0; done < times; done++) {
      let id = last;
      await eventually('another container runs a program', async () => {
        id = await runningContainer(engine as DockerEngine, home);
        return id !== last;
      });
      last = id;
      await removeContainer(engine as DockerEngine, id);
    }
  }

  describe('an execution', () => {
    test('whose container is removed while a test runs is tried again, and accepted', async () => {
      await using used = await startSandbox(engine);
      const service = createService(used, root);
      const execution = service.execute({ test_cases: [echo('a'), SLOW, echo('b')] });
      await removeRunning(used.home, 1);
      assert.equal((await execution).status, 'accepted');
      assert.deepEqual(service.log, ['the sandbox failed, trying once more']);
    });

    test('whose container is removed time after time ends that test as an internal error, and runs the others', async () => {
      await using used = await startSandbox(engine);
      const service = createService(used, root);
      const execution = service.execute({ test_cases: [echo('a'), SLOW, echo('b')] });
      await removeRunning(used.home, 2);
      const { status, results } = await execution;
      assert.equal(status, 'internal_error');
      assert.deepEqual(
        results.map((result) => result.status),
        ['accepted', 'internal_error', 'accepted'],
      );
    });

    test('whose ready container is gone is compiled in another', async () => {
      await using used = await startSandbox(engine, { poolSize: 1 });
      const service = createService(used, root);
      assert.equal(
        (await service.execute({ language: 'built', test_cases: [echo('a')] })).status,
        'accepted',
      );
      await eventually('one is ready', () => used.sandbox.pool().idle === 1);
      for (const { Id } of await used.containers()) await removeContainer(engine, Id);
      const again = await service.execute({
        language: 'built',
        code: 'y',
        test_cases: [echo('a'), echo('b')],
      });
      assert.equal(again.status, 'accepted');
      assert.equal(again.compile?.cached, false);
    });

    test('whose image is gone is unavailable, and so is one that has to be compiled', async () => {
      await using used = await startSandbox(engine);
      await using named = await nameImage(engine, root);
      const service = createService(used, named.root);
      await named.remove();
      await assert.rejects(service.execute({ language: 'built', test_cases: [echo('a')] }), isUnavailable);
      const { status, results } = await service.execute({ test_cases: [echo('a'), echo('b')] });
      assert.equal(status, 'internal_error');
      assert.deepEqual(
        results.map((result) => result.status),
        ['internal_error', 'internal_error'],
      );
    });

    test('that cannot reach its engine is unavailable or an internal error', async () => {
      await using detour = await startDetour(address);
      await using used = await startSandbox(detour.engine);
      const service = createService(used, root);
      const execution = service.execute({ test_cases: [SLOW, echo('a')] });
      await runningContainer(engine, used.home);
      await detour.cut();
      assert.equal((await execution).status, 'internal_error');
      await assert.rejects(service.execute({ language: 'built', test_cases: [echo('a')] }), isUnavailable);
    });
  });

  for (const { count, kept, bound } of [
    { count: 50, kept: undefined, bound: 64 },
    { count: 12, kept: 3, bound: 3 },
  ])
    test(`${count} executions at once are answered rightly with at most ${bound} containers in use, and leave none`, async () => {
      const poolSize = 2;
      await using used = await startSandbox(engine, {
        slots: SLOTS,
        poolSize,
        ...(kept !== undefined && { keptContainers: kept }),
      });
      const service = createService(used, root);
      const watch = watchContainers(used);
      const records = await Promise.all(
        Array.from({ length: count }, (_, number) =>
          service.execute({
            language: number % 2 === 0 ? 'probe' : 'built',
            code: String(number),
            test_cases: [echo(`first ${number}`), { args: ['exit', String(number)] }, echo(`last ${number}`)],
          }),
        ),
      );
      for (const [number, { results }] of records.entries())
        assert.deepEqual(
          results.map(({ status, stdout, exit_code }) => [status, stdout, exit_code]),
          [
            ['accepted', `first ${number}`, 0],
            [number === 0 ? 'accepted' : 'runtime_error', '', number],
            ['accepted', `last ${number}`, 0],
          ],
        );
      assert.deepEqual(service.log, []);
      const most = await watch.end();
      const passing = 2 * SLOTS + poolSize; // being removed while another is made ready
      assert.ok(most <= bound + poolSize + passing, `${most} containers were alive`);
      await used.sandbox.close();
      await nothingLeft(engine, used.home);
    });
}

/** Looks at how many containers run until it is told to end; then it answers how many were the most. */
function watchContainers(used: TestSandbox): { end(): Promise<number> } {
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    for (; !isOver; await sleep(20)) {
      const alive = (await used.containers()).filter(({ State }) => State === 'running');
      most = Math.max(most, alive.length);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await watching;
      return most;
    },
  };
}

function isUnavailable(error: unknown): boolean {
  assert.ok(error instanceof ServiceError);
  assert.equal(error.code, 'unavailable');
  assert.ok(error.cause instanceof SandboxError);
  return true;
}
