// Executions for the tests of stores: tasks, results and endings, as small as they may be.

import type { ExecutionEnding, ExecutionEvent } from '../execution/record.ts';
import type { ExecutionTask, TaskTest } from '../execution/task.ts';
import { resultWithoutRun } from '../execution/test-result.ts';
import { recordWithoutRun, endingOf as withoutResults } from '../execution/without-run.ts';
import { createIdentifier } from '../identifier.ts';
import type { NewExecution } from './store.ts';

export type Choices = Partial<
  Pick<ExecutionTask, 'clientId' | 'userId' | 'priority' | 'languageId' | 'acceptedAtMs'> &
    Pick<NewExecution, 'owner' | 'batchId' | 'webhookUrl'> & { key: string; digest: string; code: string }
>;

export function newExecution(choices: Choices = {}): NewExecution {
  const { owner = 'key:a', batchId = null, webhookUrl = null, key, digest = 'digest', code = '1' } = choices;
  return {
    task: taskOf(choices, code),
    owner,
    origin: { requestId: 'request', keyName: 'a' },
    batchId,
    webhookUrl,
    idempotency: key === undefined ? null : { owner, key, digest },
  };
}

function taskOf(choices: Choices, code: string): ExecutionTask {
  const { clientId = 'key:a', userId = null, priority = 'normal', languageId = 'python' } = choices;
  const { acceptedAtMs = Date.now() } = choices;
  return {
    executionId: createIdentifier(),
    createdAt: new Date(acceptedAtMs).toISOString(),
    acceptedAtMs,
    queuedAtMs: acceptedAtMs,
    languageId,
    version: '3.11.2',
    sourceFile: 'main.py',
    files: [{ path: 'main.py', contentBase64: Buffer.from(code).toString('base64') }],
    judged: false,
    tests: [
      {
        name: null,
        encoding: 'utf8',
        input: 'secret',
        expectedOutput: null,
        isHidden: false,
        weight: 1,
        args: [],
        timeLimitSeconds: 5,
        memoryLimitMb: 128,
      },
    ],
    checker: { type: 'trim' },
    stopOnFailure: false,
    outputLimitBytes: 1024,
    clientId,
    userId,
    priority,
    warnings: [],
    validation: null,
  };
}

export const RUNNING: ExecutionEvent = { type: 'status', status: 'running' };

export function testEvent(stdout = 'out', index = 0): ExecutionEvent & { type: 'test' } {
  const [test] = taskOf({}, '').tests;
  const blank = resultWithoutRun(index, test as TaskTest, { status: 'completed', message: null });
  return { type: 'test', test: { ...blank, stdout } };
}

export function endingOf(
  { task }: Pick<NewExecution, 'task'>,
  status: ExecutionEnding['status'] = 'completed',
) {
  const record = recordWithoutRun(task, { status: 'cancelled', message: '', sandbox: 'scripted' });
  return { ...withoutResults(record), status };
}
