// What is wrong on which line: the compiler's errors, the innermost lines of stack traces, findings of the validation.

import { computed } from '@preact/signals';
import { paths } from './draft.ts';
import type { Mark } from './editor/editor.ts';
import { findPlaces } from './places.ts';
import { run } from './run-state.ts';

interface Problem extends Mark {
  readonly path: string;
}

/** Problems of the last run. They stay with their lines until the next one. */
export const problems = computed<readonly Problem[]>(() => {
  const { problem, compile, tests } = run.value;
  const known = paths.value;
  if (problem?.findings) {
    return problem.findings.map(({ file, line, column, severity, message }) => ({
      path: known.includes(file) ? file : (known[0] ?? ''),
      line,
      column,
      severity,
      message,
    }));
  }
  if (compile !== null && compile.output !== '') return problemsIn(compile.output, known);
  const failed = tests.find((test) => test?.status === 'runtime_error');
  return failed?.stderr ? traceIn(failed.stderr, known) : [];
});

export const marksByFile = computed(() => Map.groupBy(problems.value, ({ path }) => path));

/** Each place with the words of its line, or with those of the line above where the compiler says it first. */
function problemsIn(output: string, known: readonly string[]): Problem[] {
  return findPlaces(output, known).map(({ index, length, place }) => {
    const message = messageAfter(output, index + length) || lineBefore(output, index);
    const severity = /\b(?:warning|note)\b/i.test(message) ? 'warning' : 'error';
    return { ...place, severity, message: message.replace(/^(?:fatal )?(?:error|warning|note)\b:?\s*/, '') };
  });
}

/** Of a stack trace, the place nearest to the failure. Most show it last; those of V8 and Java show it first. */
function traceIn(stderr: string, known: readonly string[]): Problem[] {
  const places = findPlaces(stderr, known);
  const isInnermostLast = /^Traceback/m.test(stderr);
  const found = isInnermostLast ? places.at(-1) : places[0];
  if (found === undefined) return [];
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const message =
    lines.find((line) => /\b\w*(?:Error|Exception|panicked)\b/.test(line)) ?? lines.at(-1) ?? '';
  return [{ ...found.place, severity: 'error', message: message.slice(0, 300) }];
}

function messageAfter(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text
    .slice(index, end === -1 ? undefined : end)
    .replace(/^[\s:"',)]+/, '')
    .trim();
}

function lineBefore(text: string, index: number): string {
  const start = text.lastIndexOf('\n', index - 1);
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, Math.max(start, 0)).trim();
}
