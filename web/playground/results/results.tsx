// The results: the verdict of the run, what the compiler said, and each test. Rows fill in place while it runs.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatKib, formatMs } from '../../shared/format.ts';
import { announce } from '../announcements.tsx';
import { tests as draftTests } from '../draft.ts';
import { isActive, progress, run, testCount } from '../run-state.ts';
import { view } from '../view.ts';
import { groupPoints, pointsLine, statusWords, summaryLine } from '../words.ts';
import { Compilation } from './compilation.tsx';
import { Refusal } from './refusal.tsx';
import { TestRow } from './test-row.tsx';

const SHOW_PROGRESS_AFTER_MS = 300;

export function Results() {
  useAnnouncements();
  const { phase, result, notice, problem, tests, output, compile } = run.value;
  const rows = testCount.value || tests.length || output.length;
  return (
    <section id="results" tabIndex={-1} class="results" aria-label="Results" aria-busy={isActive.value}>
      {notice !== null && <p class="notice">{notice}</p>}
      {phase === 'idle' && notice === null && <p class="muted empty">Press Run or Ctrl-Enter.</p>}
      {isActive.value && <Progress />}
      {problem !== null && <Refusal problem={problem} />}
      {result !== null && <Verdict />}
      {compile !== null && <Compilation compile={compile} />}
      {rows > 0 && phase !== 'refused' && result?.status !== 'compilation_error' && (
        <ul class="test-results">
          {Array.from({ length: rows }, (_, index) => (
            <TestRow key={index} index={index} test={tests[index]} isSingle={testCount.value === 0} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Progress() {
  const isShown = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      isShown.value = true;
    }, SHOW_PROGRESS_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="progress" data-testid="run-state" data-phase={run.value.phase}>
      {isShown.value || run.value.waiting !== null ? progress.value : '\u00a0'}
    </p>
  );
}

function Verdict() {
  const { result, executionId } = run.value;
  if (result === null) return null;
  const { icon, tone } = statusWords(result.status);
  const weights = draftTests.value.map(({ weight }) => weight);
  const points = result.groups ? groupPoints(result.groups) : pointsLine(result.summary.score, weights);
  const figures = [
    points,
    result.status === 'compilation_error' ? null : formatMs(result.cpu_time_ms),
    result.status === 'compilation_error' ? null : formatKib(result.memory_kb),
  ];
  return (
    <div class={`verdict ${tone}`} data-testid="verdict" data-status={result.status}>
      <p class="verdict-line">
        <span class="icon" aria-hidden="true">
          {icon}
        </span>
        <strong>{summaryLine(result)}</strong>
        <span class="figures">{figures.filter((figure) => figure !== null).join(' · ')}</span>
      </p>
      {result.groups !== undefined && (
        <ul class="group-scores" aria-label="Groups">
          {result.groups.map(({ name, status, score, points }) => (
            <li key={name}>
              {statusWords(status).icon} {name}: {score} of {points} points
            </li>
          ))}
        </ul>
      )}
      {result.status === 'internal_error' && (
        <p>
          We failed; your program was not judged. Execution {executionId ?? result.execution_id}. Run again.
        </p>
      )}
      {result.warnings.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
    </div>
  );
}

/** Says the start and the verdict, and on narrow screens turns to the results. */
function useAnnouncements(): void {
  useSignalEffect(() => {
    const { phase } = run.value;
    if (phase === 'sending') {
      view.value = 'results';
      const count = testCount.peek();
      announce(count > 0 ? `Running ${count} tests` : 'Running');
    }
  });
  useSignalEffect(() => {
    const { result, problem } = run.value;
    if (result !== null) announce(summaryLine(result));
    else if (problem !== null) announce(problem.title);
  });
}
