// Standard input of a run without tests, and the program's arguments.

import { args, stdin, tests } from '../draft.ts';
import { splitArguments } from '../request.ts';

export function InputPanel() {
  const words = splitArguments(args.value);
  return (
    <section aria-label="Input" class="form">
      <label>
        Standard input
        <textarea
          rows={6}
          spellcheck={false}
          value={stdin.value}
          onInput={({ currentTarget: { value } }) => {
            stdin.value = value;
          }}
        />
      </label>
      {tests.value.length > 0 && (
        <p class="muted">Used when there are no tests: each test brings its own input.</p>
      )}
      <label>
        Arguments
        <input
          spellcheck={false}
          value={args.value}
          placeholder={'one "two words"'}
          onInput={({ currentTarget: { value } }) => {
            args.value = value;
          }}
        />
      </label>
      {words.length > 0 && (
        <p class="muted">
          {words.length} of at most 32:{' '}
          {words.map((word, index) => (
            <code key={index}>{word || '(empty)'}</code>
          ))}
        </p>
      )}
    </section>
  );
}
