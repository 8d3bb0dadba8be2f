// The validation of code in a whole service: what its clients receive, and that hostile sources neither hold up nor
// end anything.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecuteRequest } from '../src/api/execution.ts';
import type { ErrorAnswer } from '../src/http/error-answer.ts';
import { type Answer, execute, launch, ready, type Service, stop } from './service.ts';

const DANGEROUS = {
  language: 'python',
  code: 'import os\nprint(os.system("echo MARKED"))\n',
  user_id: 'ann',
};
const ORDINARY = { language: 'python', code: 'print("import os; os.system()")  # exec\n' };

/** Starts a service of its own for the suite. */
function serviceWith(environment: Record<string, string>) {
  let service: Service;
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'validation-test-'));
    service = await ready(launch({ DATA_DIR: directory, LANGUAGES: 'python', ...environment }), ['python']);
  });
  after(async () => {
    await stop(service);
    await rm(directory, { recursive: true, force: true });
  });
  return {
    send: async (request: Partial<ExecuteRequest>, query = '') => {
      const response = await execute(service, request, { query });
      return {
        status: response.status,
        answer: (await response.json()) as Omit<Answer, 'code' | 'detail'> &
          Partial<Omit<ErrorAnswer, 'status'>>,
      };
    },
    lines: () => service.lines,
  };
}

/** The first line of the audit log; it may come after the answer. */
async function auditLine(lines: () => readonly string[]): Promise<string | undefined> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const found = lines().find((line) => line.includes('"msg":"audit"'));
    if (found !== undefined) return found;
    await delay(20);
  }
  return undefined;
}

suite('under enforce', () => {
  const { send, lines } = serviceWith({});

  test('code that breaks a rule is refused with its findings, and audited without a word of it', async () => {
    const { status, answer } = await send(DANGEROUS);
    assert.deepEqual([status, answer.code], [422, 'code_rejected']);
    assert.match(answer.detail ?? '', /^main\.py:2:7: /);
    assert.deepEqual(
      answer.findings?.map(({ rule, severity, line, column, snippet }) => [
        rule,
        severity,
        line,
        column,
        snippet,
      ]),
      [['python/process', 'error', 2, 7, 'print(os.system("echo MARKED"))']],
    );
    const audit = await auditLine(lines);
    assert.match(audit ?? '', /"user_id":"ann".*"rules":\["python\/process"\]/);
    assert.ok(lines().every((line) => !line.includes('MARKED')));
  });

  test('similar code runs, and its figures are returned on request', async () => {
    const { status, answer } = await send(ORDINARY, '?include=analysis');
    assert.deepEqual([status, answer.status, answer.warnings], [200, 'completed', []]);
    assert.ok((answer.timings.validation_ms ?? 0) > 0);
    assert.deepEqual(answer.analysis?.findings, []);
    assert.deepEqual(
      answer.analysis?.files.map(({ file, lines: count }) => [file, count]),
      [['main.py', 2]],
    );
    assert.equal((await send(ORDINARY)).answer.analysis, undefined);
  });

  test('sources that are too much to read end no service, and hold up no other program', async () => {
    const hostile = Array.from({ length: 4 }, (_, count) =>
      send({ language: 'python', code: `${'('.repeat(40_000)}${count}` }),
    );
    const { answer } = await send(ORDINARY);
    assert.equal(answer.status, 'completed');
    for (const { status } of await Promise.all(hostile))
      assert.ok(status === 200 || status === 422, String(status));
    assert.equal((await send(ORDINARY)).answer.status, 'completed');
  });
});

suite('under warn', () => {
  const { send } = serviceWith({ CODE_VALIDATION: 'warn', VALIDATION_RULES: 'python/network=off' });

  test('the same code runs, with warnings in the answer', async () => {
    const { status, answer } = await send(DANGEROUS);
    assert.deepEqual([status, answer.status], [200, 'completed']);
    assert.match(answer.warnings.join(), /^main\.py:2:7: Starting other programs/);
  });

  test('rules that are switched off say nothing', async () => {
    const { answer } = await send({ language: 'python', code: 'import socket\nprint(1)\n' });
    assert.deepEqual([answer.status, answer.warnings], ['completed', []]);
  });
});

suite('with validation off', () => {
  const { send } = serviceWith({ CODE_VALIDATION: 'off' });

  test('nobody looks at code', async () => {
    const { answer } = await send(DANGEROUS, '?include=analysis');
    assert.deepEqual([answer.status, answer.warnings, answer.timings.validation_ms], ['completed', [], null]);
    assert.equal(answer.analysis, undefined);
  });
});
