// What a program wrote, as text: colours, links to lines of the person's files, copy and download. Large output is cut.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { copyText } from '../../shared/clipboard.ts';
import { download } from '../../shared/download.ts';
import { formatCount } from '../../shared/format.ts';
import { paths } from '../draft.ts';
import { goToPlace } from '../editor/editor-place.ts';
import { splitPlaces } from '../places.ts';
import { parseAnsi } from './ansi.ts';
import { splitOutput } from './output-parts.ts';

const MORE_LINES = 5000;
/** Below this there is nothing that a mouse would not copy. */
const MIN_CHARACTERS_FOR_BUTTONS = 200;

interface OutputProps {
  readonly label: string;
  readonly text: string;
  readonly isTruncated?: boolean;
  /** Whether places in the files become links. */
  readonly hasPlaces?: boolean;
}

export function Output({ label, text, isTruncated = false, hasPlaces = false }: OutputProps) {
  const more = useSignal(0);
  const { first, leftOutLines, last } = useMemo(() => splitOutput(text, more.value), [text, more.value]);
  const chunk = (content: string, index: number) => (
    <pre class="chunk" key={index}>
      <Text text={content} hasPlaces={hasPlaces} />
    </pre>
  );
  return (
    <figure class="output">
      <figcaption>
        <span>{label}</span>
        {text.length >= MIN_CHARACTERS_FOR_BUTTONS && (
          <span class="output-actions">
            <button type="button" class="quiet" onClick={() => void copyText(text)}>
              Copy all
            </button>
            <button type="button" class="quiet" onClick={() => download('output.txt', text)}>
              Download output
            </button>
          </span>
        )}
      </figcaption>
      {text === '' && <p class="muted">Nothing.</p>}
      <div class="output-text">
        {first.map(chunk)}
        {leftOutLines > 0 && (
          <p class="left-out">
            … {formatCount(leftOutLines)} lines more{' '}
            <button
              type="button"
              onClick={() => {
                more.value += MORE_LINES;
              }}
            >
              Show more
            </button>
          </p>
        )}
        {last.map(chunk)}
      </div>
      {isTruncated && <p class="muted">The service cut this output at its limit.</p>}
    </figure>
  );
}

function Text({ text, hasPlaces }: { text: string; hasPlaces: boolean }) {
  const parts = parseAnsi(text);
  return (
    <>
      {parts.map(({ text: part, classes }, index) =>
        classes === '' && !hasPlaces ? (
          part
        ) : (
          <span key={index} class={classes}>
            {hasPlaces ? <Places text={part} /> : part}
          </span>
        ),
      )}
    </>
  );
}

function Places({ text }: { text: string }) {
  const segments = splitPlaces(text, paths.value);
  return (
    <>
      {segments.map(({ text: part, place }, index) =>
        place === null ? (
          part
        ) : (
          <button
            key={index}
            type="button"
            class="link"
            onClick={() => goToPlace(place.path, place.line, place.column)}
          >
            {part}
          </button>
        ),
      )}
    </>
  );
}
