// The details of a test: what happened and what to try, the difference, what the program wrote, how it ended.

import type { TestResult } from '../../../src/api/execution.ts';
import { limits } from '../draft.ts';
import { LIMIT_FIELDS, limitsInWords } from '../limits-in-words.ts';
import { startRun } from '../run.ts';
import { run } from '../run-state.ts';
import { endInWords, explainTest } from '../words.ts';
import { DiffView } from './diff-view.tsx';
import { differenceOf } from './difference.ts';
import { Output } from './output.tsx';

export function TestDetails({ test }: { test: TestResult }) {
  if (test.is_hidden)
    return <p class="muted details">This test is hidden: only its verdict, time and memory are shown.</p>;
  const { sentence, advice } = explainTest(test, limitsInWords());
  const isWrong = test.status === 'wrong_answer';
  return (
    <div class="details">
      {!isWrong && sentence !== '' && (
        <p>
          {sentence} {test.status === 'runtime_error' ? <code>{advice}</code> : advice}
        </p>
      )}
      {test.status === 'security_violation' && (
        <p>
          <a href="/docs/security">What is not permitted, and why</a>
        </p>
      )}
      <RaiseLimit test={test} />
      {isWrong && test.message === null && <p>{difference(test)}</p>}
      {test.message !== null && <p class="checker-message">{test.message}</p>}
      {test.input !== null && test.input !== '' && (
        <Output label="Input" text={test.input} isTruncated={test.input_truncated} />
      )}
      {isWrong ? (
        <DiffView expected={test.expected_output ?? ''} got={test.stdout ?? ''} checkerType={checkerType()} />
      ) : (
        test.stdout !== null && (
          <Output label="Output" text={test.stdout} isTruncated={test.stdout_truncated} />
        )
      )}
      {test.stderr !== null && test.stderr !== '' && (
        <Output
          label="Error output (stderr)"
          text={test.stderr}
          isTruncated={test.stderr_truncated}
          hasPlaces
        />
      )}
      <End test={test} />
    </div>
  );
}

function difference(test: TestResult): string {
  return differenceOf(test.expected_output ?? '', test.stdout ?? '').sentence;
}

function checkerType(): string {
  return run.value.request?.checker?.type ?? 'trim';
}

/** How it ended, where the sentence above does not say it. */
function End({ test }: { test: TestResult }) {
  if (test.status === 'runtime_error' || (test.exit_code === 0 && test.signal === null)) return null;
  if (test.exit_code === null && test.signal === null) return null;
  return <p class="muted">{endInWords(test)}</p>;
}

const RAISABLE = {
  time_limit_exceeded: 'time_limit',
  memory_limit_exceeded: 'memory_limit',
  output_limit_exceeded: 'output_limit_kb',
} as const;

/** "Run with 10 s", where the range allows more. */
function RaiseLimit({ test }: { test: TestResult }) {
  const name = RAISABLE[test.status as keyof typeof RAISABLE];
  if (name === undefined || test.limit === 'wall') return null;
  const { maximum, unit } = LIMIT_FIELDS[name];
  const { timeSeconds, memoryMb, outputKb } = limitsInWords();
  const now = { time_limit: timeSeconds, memory_limit: memoryMb, output_limit_kb: outputKb }[name];
  const next = Math.min(maximum, now * 2);
  if (next <= now) return null;
  const raise = () => {
    limits.value = { ...limits.value, [name]: String(next) };
    void startRun();
  };
  return (
    <p>
      <button type="button" onClick={raise}>
        Run with {next} {unit}
      </button>
    </p>
  );
}
