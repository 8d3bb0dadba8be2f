// `ces test`: judges a program against the tests in files.

import { readFile } from 'node:fs/promises';
import type { Execution, TestResult } from '../../typescript/src/client.ts';
import { type Context, languageOf, limitsOf, programFile, UsageError } from './options.ts';
import { type FileTest, readTests } from './test-cases.ts';

/** The service takes as many tests in one request. */
const TESTS_PER_REQUEST = 100;
const CHECKERS = ['exact', 'trim', 'tokens', 'float', 'unordered_lines', 'case_insensitive'];
const SHOWN_LINES = 6;

export async function testFile(context: Context): Promise<number> {
  const { options, terminal } = context;
  const [file, ...inputs] = options.files;
  if (options.checker !== undefined && !CHECKERS.includes(options.checker)) {
    throw new UsageError(`--checker must be one of ${CHECKERS.join(', ')}`);
  }
  const code = await readFile(file ?? programFile(options), 'utf8');
  const tests = await readTests(inputs);
  const language = await languageOf(file ?? '', context);
  const executions: Execution[] = [];
  for (let begin = 0; begin < tests.length; begin += TESTS_PER_REQUEST) {
    const part = tests.slice(begin, begin + TESTS_PER_REQUEST);
    const execution = await judge(context, { language, code, tests: part }, (done) =>
      terminal.progress(begin + done, tests.length),
    );
    executions.push(execution);
    if (execution.status === 'compilation_error') break;
  }
  const passed = executions.reduce((sum, { summary }) => sum + summary.passed, 0);
  if (options.json) terminal.print(JSON.stringify(executions, null, 2));
  else report(executions, { passed, total: tests.length }, context);
  return passed === tests.length ? 0 : 1;
}

async function judge(
  { client, options }: Context,
  { language, code, tests }: { language: string; code: string; tests: readonly FileTest[] },
  onTest: (done: number) => void,
): Promise<Execution> {
  const checker = options.checker === undefined ? {} : { checker: { type: options.checker as 'trim' } };
  const test_cases = tests.map((test) => ({ ...test, args: [...options.args] }));
  const { execution_id } = await client.submit({
    language,
    code,
    test_cases,
    ...checker,
    ...limitsOf(options),
  });
  let done = 0;
  for await (const event of client.events(execution_id)) {
    if (event.type === 'test') {
      done += 1;
      onTest(done);
    }
    if (event.type === 'done') return event.data;
  }
  return client.wait(execution_id);
}

function report(
  executions: readonly Execution[],
  { passed, total }: { passed: number; total: number },
  context: Context,
) {
  const { terminal } = context;
  for (const { status, compile, results } of executions) {
    if (status === 'compilation_error') {
      terminal.print(compile?.output ?? '');
      return terminal.print(terminal.colour('red', 'compilation error'));
    }
    for (const result of results) reportTest(result, context);
  }
  terminal.print(terminal.colour(passed === total ? 'green' : 'red', `${passed} of ${total} tests passed`));
}

function reportTest(test: TestResult, { terminal }: Context): void {
  const figures = terminal.colour(
    'dim',
    `${test.cpu_time_ms.toFixed(0)} ms, ${(test.memory_kb / 1024).toFixed(1)} MB`,
  );
  const status = terminal.colour(test.passed ? 'green' : 'red', test.status.replaceAll('_', ' '));
  terminal.print(`${(test.name ?? String(test.index)).padEnd(16)} ${status}  ${figures}`);
  if (test.passed) return;
  const parts = {
    message: test.message,
    expected: test.expected_output,
    got: test.stdout,
    stderr: test.stderr,
  };
  for (const [name, text] of Object.entries(parts)) if (text) terminal.print(indented(name, text));
}

function indented(name: string, text: string): string {
  const lines = text.trimEnd().split('\n');
  const more = lines.length > SHOWN_LINES ? [`… ${lines.length - SHOWN_LINES} more lines`] : [];
  return [...lines.slice(0, SHOWN_LINES), ...more]
    .map((line, index) => `  ${(index === 0 ? name : '').padEnd(9)} ${line}`)
    .join('\n');
}
