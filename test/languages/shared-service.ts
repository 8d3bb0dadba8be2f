// One service for all tests of a file, with every language ready, and the tables of programs that run on it. What makes
// languages fast is built once and shared by all files.

import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecuteRequest } from '../../src/api/execution.ts';
import { offerLanguages } from '../../src/languages/catalog.ts';
import { type Answer, execute, launch, ready, type Service, stop, TIME_FACTOR } from '../service.ts';

/** What an answer must be. Texts are compared whole, patterns are searched for, in the first result. */
interface Expectation {
  readonly status: string;
  readonly limit?: 'cpu' | 'wall';
  readonly exitCode?: number;
  readonly signal?: string;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
  readonly message?: RegExp;
  /** What the compiler wrote, stdout and stderr together. */
  readonly compiler?: RegExp;
}

/** A program, and what becomes of it. `name` is a sentence about it. */
export interface Program extends Partial<ExecuteRequest> {
  readonly name: string;
  readonly language: string;
  readonly expect: Expectation;
}

/** As many programs at once as keep the slots of a small machine busy while others sleep. */
const PROGRAMS_AT_ONCE = 4;
/** Of a program that had no processor; a limit of CPU time that never strikes is not met in any. */
const ATTEMPTS = 4;
/** Seconds of the largest time limit that a request may have. */
const MAX_SECONDS = 30;

/** The languages under test: those that LANGUAGES names, or all; `INSTALLED` also has the further versions of them. */
export const { all: OFFERED, installed: INSTALLED } = offerLanguages(
  (process.env.LANGUAGES ?? '').split(',').filter(Boolean),
);

const PARTS_MS = 300_000 * TIME_FACTOR;

let service: Service | undefined;

/** Starts the service before the file's tests, and stops it after them. */
export function useService(
  environment: Readonly<Record<string, string>> = {},
  start: 'as soon as it answers' | 'with all parts' = 'as soon as it answers',
): void {
  before(async () => {
    const child = launch({ ...sandboxOfTests(), ...environment });
    service = await ready(
      child,
      OFFERED.map(({ id }) => id),
    );
    if (start === 'with all parts') await partsOf(service);
  });
  after(async () => {
    if (service) await stop(service);
  });
}

/** Until the parts of languages are built, they run without those that watch a runtime. */
async function partsOf({ lines }: Service): Promise<void> {
  const deadline = Date.now() + PARTS_MS;
  while (!lines.some((line) => line.includes('All languages'))) {
    assert.ok(Date.now() < deadline, 'the parts of languages are not built');
    await delay(200);
  }
}

/** The settings that say which sandbox and toolchains are tested, from this process's own environment. */
function sandboxOfTests(): Record<string, string> {
  const settings: Record<string, string> = { TOOLCHAINS: 'auto' };
  for (const name of [
    'TOOLCHAINS',
    'DATA_DIR',
    'SANDBOX',
    'DOCKER_HOST',
    'DOCKER_RUNTIME',
    'IMAGE_REPOSITORY',
    'LANGUAGES',
  ]) {
    const value = process.env[name];
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

export function theService(): Service {
  return service ?? assert.fail('the service is not started');
}

/** A time limit in seconds, longer where TIME_FACTOR says that the machine is slow. */
export function seconds(count: number): number {
  return Math.min(MAX_SECONDS, count * TIME_FACTOR);
}

/** Runs a request that must be answered with 200. */
export async function run(request: Partial<ExecuteRequest>, query = ''): Promise<Answer> {
  const response = await execute(theService(), { time_limit: seconds(5), ...request }, { query });
  const answer = (await response.json()) as Answer;
  assert.equal(response.status, 200, `${JSON.stringify(answer)}\n${troubles().join('\n')}`);
  return answer;
}

/** What the service logged as going wrong on its side. */
function troubles(): readonly string[] {
  return theService().lines.filter((line) => !line.startsWith('{"level":"info"'));
}

/** Registers one test for each program. */
export function programs(title: string, table: readonly Program[], atOnce = PROGRAMS_AT_ONCE): void {
  suite(title, { concurrency: atOnce }, () => {
    for (const { name, expect, ...request } of table) {
      test(`${request.language}: ${name}`, async (t) => {
        let answer = await run(request);
        for (let attempt = 1; hasStarved(answer, expect) && attempt < ATTEMPTS; attempt += 1) {
          t.diagnostic('others left the program less than a third of a core');
          answer = await run(request);
        }
        check(answer, expect);
      });
    }
  });
}

/** On a machine that others keep busy the wall-clock limit, three times that of CPU time, may come first. */
function hasStarved({ results: [result] }: Answer, expect: Expectation): boolean {
  const isOverloaded = (loadavg()[0] ?? 0) > 2 * availableParallelism();
  return isOverloaded && expect.limit === 'cpu' && result?.limit === 'wall';
}

function check(answer: Answer, expect: Expectation): void {
  const [result] = answer.results;
  const shown = JSON.stringify(answer, null, 1).slice(0, 6000);
  assert.equal(answer.status, expect.status, shown);
  if (result === undefined || expect.compiler) assert.ok(answer.compile, shown);
  if (result && answer.status !== 'compilation_error') assert.equal(result.status, expect.status, shown);
  assert.equal(result?.limit, expect.limit, shown);
  if (expect.exitCode !== undefined) assert.equal(result?.exit_code, expect.exitCode, shown);
  if (expect.signal !== undefined) assert.equal(result?.signal, expect.signal, shown);
  matches(result?.stdout, expect.stdout, shown);
  matches(result?.stderr, expect.stderr, shown);
  matches(result?.message, expect.message, shown);
  const { stdout = '', stderr = '' } = answer.compile ?? {};
  matches(stdout + stderr, expect.compiler, shown);
}

function matches(
  text: string | null | undefined,
  expected: string | RegExp | undefined,
  shown: string,
): void {
  if (typeof expected === 'string') assert.equal(text, expected, shown);
  if (expected instanceof RegExp) assert.match(text ?? '', expected, shown);
}
