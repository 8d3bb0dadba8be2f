// The difference between expected and actual output. White space that differs is drawn beside the text, not in it, so
// that what is copied is what was written.

import { useMemo } from 'preact/hooks';
import { type DiffRow, differenceOf, type Piece } from './difference.ts';

const IGNORING: Readonly<Record<string, string>> = {
  trim: 'This checker ignores white space at the end of lines and of the output.',
  tokens: 'This checker ignores how words are separated.',
  float: 'This checker compares numbers with a tolerance.',
  unordered_lines: 'This checker ignores the order of lines.',
  case_insensitive: 'This checker ignores case.',
};

interface DiffViewProps {
  readonly expected: string;
  readonly got: string;
  readonly checkerType: string;
}

export function DiffView({ expected, got, checkerType }: DiffViewProps) {
  const { rows, windowAt, lacksLastNewline, sentence } = useMemo(
    () => differenceOf(expected, got),
    [expected, got],
  );
  return (
    <figure class="diff">
      <figcaption>
        <span class="diff-title">Expected</span>
        <span class="diff-title">Got</span>
      </figcaption>
      {windowAt !== null && (
        <p class="muted">The outputs are long; this is the part around line {windowAt}.</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="diff-rows" tabIndex={0} aria-label={`Difference: ${sentence}`}>
        {rows.map((row, index) => (
          <Row key={index} row={row} />
        ))}
      </section>
      {lacksLastNewline === 'got' && <p class="muted">The output has no newline at the end.</p>}
      {lacksLastNewline === 'expected' && <p class="muted">The expected output has no newline at the end.</p>}
      {IGNORING[checkerType] && <p class="muted">{IGNORING[checkerType]}</p>}
    </figure>
  );
}

function Row({ row }: { row: DiffRow }) {
  if (row.kind === 'same')
    return (
      <>
        <pre class="same">{row.text || ' '}</pre>
        <pre class="same other">{row.text || ' '}</pre>
      </>
    );
  return (
    <>
      <Line side="missing" label="expected" pieces={row.expected} />
      <Line side="extra" label="got" pieces={row.got} />
    </>
  );
}

function Line({ side, label, pieces }: { side: string; label: string; pieces: readonly Piece[] | null }) {
  if (pieces === null) return <pre class={`absent ${side}`} />;
  return (
    <pre class={side}>
      <span class="hidden">{label} </span>
      {pieces.map(({ text, isChanged }, index) =>
        isChanged ? (
          <mark key={index}>
            <Visible text={text} />
          </mark>
        ) : (
          text
        ),
      )}
    </pre>
  );
}

const SPACES: Readonly<Record<string, string>> = {
  ' ': 'space',
  '\t': 'tab',
  '\r': 'return',
  '\u00a0': 'no-break',
};

function Visible({ text }: { text: string }) {
  return (
    <>
      {text.split(/([ \t\r\u00a0])/).map((part, index) =>
        SPACES[part] ? (
          <span key={index} class={`white ${SPACES[part]}`}>
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </>
  );
}
