// Analyzing in processes: what is too much for one ends it and not the service, and the next source is served.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ANALYSIS_LIMITS } from '../../limits.ts';
import { MIB } from '../../units.ts';
import { type Analyzer, type AnalyzerLimits, createAnalyzer } from './analyzer.ts';

const PLAIN = { language: 'python', sources: ['import os\nos.system("id")\n'] };
/** Takes the parser half a minute and most of a gigabyte. */
const HOSTILE = { language: 'java', sources: ['a<'.repeat(25_000)] };

async function withAnalyzer(
  limits: Partial<AnalyzerLimits>,
  use: (analyzer: Analyzer) => Promise<void>,
  processes = 1,
): Promise<void> {
  const analyzer = createAnalyzer({ processes, limits: { ...ANALYSIS_LIMITS, ...limits } });
  try {
    await use(analyzer);
  } finally {
    await analyzer.close();
  }
}

/** The processes that this one has started to analyze code. */
function analyzerProcesses(): string[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return children.filter(
    (pid) =>
      pid !== '' &&
      existsSync(`/proc/${pid}`) &&
      readFileSync(`/proc/${pid}/cmdline`).includes('analyzer-process'),
  );
}

suite('an analyzer', { concurrency: 2 }, () => {
  test('answers with matches and figures', async () => {
    await withAnalyzer({}, async (analyzer) => {
      const outcome = await analyzer.analyze(PLAIN);
      assert.equal(outcome.type, 'done');
      const [file] = outcome.type === 'done' ? outcome.files : [];
      assert.deepEqual(file?.matches, [{ rule: 'process', line: 2, column: 1, snippet: 'os.system("id")' }]);
      assert.equal(file?.complexity.lines, 3);
    });
  });

  test('gives up on a source that takes too much CPU time, and serves the next', async () => {
    await withAnalyzer({ cpuTimeMs: 300, cpuTimeMsPerKb: 0, memoryBytes: 2 ** 31 }, async (analyzer) => {
      const [hostile, plain] = await Promise.all([analyzer.analyze(HOSTILE), analyzer.analyze(PLAIN)]);
      assert.deepEqual(hostile, { type: 'exhausted', reason: 'it takes more than 300 ms to read' });
      assert.equal(plain.type, 'done');
    });
  });

  test('gives up on a source that takes too much memory', async () => {
    const limits = { cpuTimeMs: 60_000, memoryBytes: 200 * MIB };
    await withAnalyzer(limits, async (analyzer) => {
      assert.deepEqual(await analyzer.analyze(HOSTILE), {
        type: 'exhausted',
        reason: 'it takes more than 200 MB to read',
      });
    });
  });

  test('blames the machine, and not the source, for time on the clock alone', async () => {
    await withAnalyzer({ cpuTimeMs: 60_000, wallTimeMs: 50 }, async (analyzer) => {
      assert.equal((await analyzer.analyze(HOSTILE)).type, 'unavailable');
    });
  });

  test('starts its processes with nothing of the environment of the service', async (t) => {
    process.env.SECRET_FOR_TEST = 'not for analyzers';
    t.after(() => delete process.env.SECRET_FOR_TEST);
    await withAnalyzer({}, async (analyzer) => {
      await analyzer.analyze(PLAIN);
      const programs = analyzerProcesses();
      assert.ok(programs.length > 0);
      for (const pid of programs) {
        const names = readFileSync(`/proc/${pid}/environ`, 'utf8').match(/[^\0=]+(?==)/g) ?? [];
        // How node reaches its parent.
        assert.deepEqual(
          names.filter((name) => !name.startsWith('NODE_CHANNEL_')),
          [],
        );
      }
    });
  });

  test('takes no more than may wait', async () => {
    await withAnalyzer({ waiting: 2 }, async (analyzer) => {
      const first = [analyzer.analyze(PLAIN), analyzer.analyze(PLAIN)];
      await assert.rejects(analyzer.analyze(PLAIN), { code: 'queue_full' });
      for (const outcome of await Promise.all(first)) assert.equal(outcome.type, 'done');
    });
  });

  test('says of a language without rules that it failed, and goes on', async () => {
    await withAnalyzer({}, async (analyzer) => {
      const outcome = await analyzer.analyze({ language: 'cobol', sources: [''] });
      assert.equal(outcome.type, 'unavailable');
      assert.equal((await analyzer.analyze(PLAIN)).type, 'done');
    });
  });

  test('rejects what waits when it is closed, and what comes later, as shutting_down', async () => {
    const analyzer = createAnalyzer({ processes: 1, limits: ANALYSIS_LIMITS });
    const waiting = assert.rejects(analyzer.analyze(PLAIN), { code: 'shutting_down', retryAfterSeconds: 10 });
    await analyzer.close();
    await waiting;
    await assert.rejects(analyzer.analyze(PLAIN), { code: 'shutting_down' });
  });

  test('rejects what is being analyzed when it is closed as shutting_down', async () => {
    const analyzer = createAnalyzer({ processes: 1, limits: ANALYSIS_LIMITS });
    await analyzer.analyze(PLAIN);
    const running = assert.rejects(analyzer.analyze(HOSTILE), { code: 'shutting_down' });
    await analyzer.close();
    await running;
  });

  test('is warm as soon as one process analyzes without a wait', async () => {
    await withAnalyzer({}, async (analyzer) => {
      assert.equal(analyzer.isWarm(), false);
      await analyzer.analyze(PLAIN);
      assert.equal(analyzer.isWarm(), true);
    });
  });
});

test('an analyzer ends its processes when they are idle, and starts others for the next sources', async () => {
  await withAnalyzer(
    { idleMs: 50 },
    async (analyzer) => {
      for (let round = 0; round < 2; round += 1) {
        const outcomes = await Promise.all([analyzer.analyze(PLAIN), analyzer.analyze(PLAIN)]);
        for (const { type } of outcomes) assert.equal(type, 'done');
        while (analyzerProcesses().length > 0) await delay(10);
      }
    },
    2,
  );
});
