// One test: its verdict in a line, with time and memory as bars, and the details below it when it is open.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { TestResult } from '../../../src/api/execution.ts';
import { formatKib, formatMs } from '../../shared/format.ts';
import { limitsInWords } from '../limits-in-words.ts';
import { isActive, run } from '../run-state.ts';
import { explainTest, statusWords } from '../words.ts';
import { differenceOf } from './difference.ts';
import { Output } from './output.tsx';
import { TestDetails } from './test-details.tsx';

interface TestRowProps {
  readonly index: number;
  readonly test: TestResult | undefined;
  /** The program ran once, without tests. */
  readonly isSingle: boolean;
}

export function TestRow({ index, test, isSingle }: TestRowProps) {
  const details = useId();
  const choice = useSignal<boolean | null>(null);
  const name = isSingle ? 'The program' : `Test ${index + 1}`;
  if (test === undefined) return <PendingRow name={name} output={run.value.output[index]} />;
  const { icon, word, tone } = statusWords(test.status);
  const isOpen = choice.value ?? (isSingle || isFirstFailure(index));
  const title = test.name ? `${name} (${test.name})` : name;
  return (
    <li class={`test-result ${tone}`} data-testid="test-result" data-status={test.status}>
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={details}
          onClick={() => {
            choice.value = !isOpen;
          }}
        >
          <span class="icon" aria-hidden="true">
            {icon}
          </span>
          <span class="test-title">
            {title}: <strong>{word}</strong>
            {test.is_hidden && ' (hidden)'}
          </span>
          <span class="sentence">{isOpen ? '' : sentenceFor(test)}</span>
          {test.status !== 'skipped' && <Use test={test} />}
          <span class="chevron" aria-hidden="true">
            {isOpen ? '▾' : '▸'}
          </span>
        </button>
      </h3>
      <div id={details} hidden={!isOpen}>
        {isOpen && <TestDetails test={test} />}
      </div>
    </li>
  );
}

function PendingRow({ name, output }: { name: string; output: string | undefined }) {
  return (
    <li class="test-result muted pending">
      <h3>
        <span class="icon" aria-hidden="true">
          ·
        </span>
        <span class="test-title">
          {name}: {isActive.value ? (output === undefined ? 'waiting' : 'running') : 'not run'}
        </span>
      </h3>
      {output !== undefined && <Output label="Output so far" text={output} />}
    </li>
  );
}

/** While it runs, the first that has failed so far. */
function isFirstFailure(index: number): boolean {
  return (
    index ===
    run.value.tests.findIndex((test) => test !== undefined && !test.passed && test.status !== 'skipped')
  );
}

/** The checker's own words where there are some. */
function sentenceFor(test: TestResult): string {
  if (test.is_hidden) return test.passed ? '' : 'This test is hidden.';
  if (test.status === 'wrong_answer') {
    return differenceOf(test.expected_output ?? '', test.stdout ?? '').sentence;
  }
  return explainTest(test, limitsInWords()).sentence;
}

function Use({ test }: { test: TestResult }) {
  const { timeSeconds, memoryMb } = limitsInWords();
  return (
    <span class="use">
      <Bar
        used={test.cpu_time_ms}
        limit={timeSeconds * 1000}
        text={formatMs(test.cpu_time_ms)}
        of={formatMs(timeSeconds * 1000)}
      />
      <Bar
        used={test.memory_kb}
        limit={memoryMb * 1024}
        text={formatKib(test.memory_kb)}
        of={formatKib(memoryMb * 1024)}
      />
    </span>
  );
}

function Bar({ used, limit, text, of }: { used: number; limit: number; text: string; of: string }) {
  const share = Math.min(1, used / limit);
  return (
    <span class="bar" title={`${text} of ${of}`}>
      <span class="bar-track" aria-hidden="true">
        <span
          class={share >= 1 ? 'bar-used full' : 'bar-used'}
          style={{ width: `${Math.max(share * 100, 2)}%` }}
        />
      </span>
      {text}
      <span class="hidden"> of {of}</span>
    </span>
  );
}
