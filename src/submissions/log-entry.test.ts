// What the log contains of executions, and that it contains none of their texts.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ServiceError } from '../errors.ts';
import { endedEntry, failedEntry } from './log-entry.ts';
import { createServiceForTests } from './service-fixture.ts';

const REQUEST = {
  language: 'compiled',
  code: 'SECRET-CODE',
  files: [{ path: 'SECRET-PATH', content: 'SECRET-FILE' }],
  args: ['SECRET-ARGUMENT'],
  test_cases: [
    { name: 'SECRET-NAME', input: 'SECRET-INPUT', expected_output: 'SECRET-EXPECTED' },
    { input: 'SECRET-HIDDEN', is_hidden: true },
  ],
  user_id: 'ada',
};

suite('the log of an execution', () => {
  test('contains who, what, how it ended, and all times and sizes', async () => {
    const { accept, executeTask } = createServiceForTests({
      run: () => ({ stdout: 'SECRET-OUTPUT' }),
    });
    const task = await accept(REQUEST);
    const record = await executeTask(task, new AbortController().signal);
    const entry = endedEntry(task, record);
    assert.doesNotMatch(JSON.stringify(entry), /SECRET/);
    const { queue_time_ms, total_time_ms, compile_time_ms, wall_time_ms, cpu_time_ms, memory_kb, ...rest } =
      entry;
    assert.equal(queue_time_ms, record.queue_time_ms);
    assert.equal(total_time_ms, record.total_time_ms);
    assert.equal(compile_time_ms, record.compile?.wall_time_ms);
    assert.equal(wall_time_ms, record.wall_time_ms);
    assert.equal(cpu_time_ms, record.cpu_time_ms);
    assert.equal(memory_kb, record.memory_kb);
    assert.deepEqual(rest, {
      execution_id: task.executionId,
      user_id: 'ada',
      language: 'compiled',
      version: '17.0.9+9',
      priority: 'normal',
      checker: 'trim',
      tests: 2,
      files: 2,
      source_bytes: 'SECRET-CODESECRET-FILE'.length,
      input_bytes: 'SECRET-INPUTSECRET-HIDDEN'.length,
      status: 'wrong_answer',
      passed: 1,
      skipped: 0,
      sandbox: 'native',
      compile_cached: false,
      output_bytes: 'SECRET-OUTPUT'.length,
    });
  });

  test('contains the code of a rejection or failure, and not its message', async () => {
    const task = await createServiceForTests().accept(REQUEST);
    const entry = failedEntry(task, new ServiceError('queue_full', 'SECRET'));
    assert.equal(entry.status, null);
    assert.equal(entry.code, 'queue_full');
    assert.doesNotMatch(JSON.stringify(entry), /SECRET/);
    assert.equal(failedEntry(task, new Error('SECRET')).code, 'internal_error');
  });
});
