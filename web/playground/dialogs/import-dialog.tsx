// Importing tests: from a file, or pasted as text. What is wrong with it is said; nothing is replaced before it is right.

import { signal, useSignal } from '@preact/signals';
import { Dialog } from '../../shared/dialog.tsx';
import { announce } from '../announcements.tsx';
import { groups, tests, withId } from '../draft.ts';
import {
  countedTests,
  MAX_TESTS,
  type ReadTests,
  readTestsFile,
  TestsFileError,
  testsInText,
} from '../tests-file.ts';

export const isImporting = signal(false);

const close = () => {
  isImporting.value = false;
};

export function ImportDialog() {
  return isImporting.value ? <OpenImportDialog /> : null;
}

function OpenImportDialog() {
  const text = useSignal('');
  const problem = useSignal<string | null>(null);
  const isReplacing = useSignal(false);
  const take = async (read: () => Promise<ReadTests>) => {
    try {
      const read_ = await read();
      const next = [...(isReplacing.value ? [] : tests.value), ...read_.tests.map(withId)];
      if (next.length > MAX_TESTS)
        throw new TestsFileError(
          `Together these are ${next.length} tests; at most ${MAX_TESTS} can be run at a time.`,
        );
      const kept = isReplacing.value ? [] : groups.value;
      const names = kept.map(({ name }) => name);
      groups.value = [...kept, ...read_.groups.filter(({ name }) => !names.includes(name))];
      tests.value = next;
      announce(`${countedTests(read_.tests)} imported`);
      close();
    } catch (error) {
      problem.value =
        error instanceof TestsFileError ? error.message : `The file cannot be read: ${String(error)}`;
    }
  };
  return (
    <Dialog title="Import tests" onClose={close}>
      <div class="form">
        <label>
          A file: JSON, or a zip of .in and .ans
          <input
            type="file"
            accept=".json,.zip,.txt"
            aria-label="File with tests"
            onChange={({ currentTarget: { files } }) => {
              const file = files?.[0];
              if (file) void take(() => readTestsFile(file));
            }}
          />
        </label>
        <label>
          Or text: JSON, or input, a line ---, expected output, a line === before the next
          <textarea
            rows={8}
            spellcheck={false}
            value={text.value}
            placeholder={'2 3\n---\n5\n===\n40 2\n---\n42'}
            onInput={({ currentTarget: { value } }) => {
              text.value = value;
            }}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isReplacing.value}
            onChange={({ currentTarget: { checked } }) => {
              isReplacing.value = checked;
            }}
          />
          Replace the tests that are there
        </label>
        {problem.value !== null && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <p class="actions">
          <button
            type="button"
            class="primary"
            onClick={() => void take(async () => testsInText(text.value))}
          >
            Import text
          </button>
        </p>
      </div>
    </Dialog>
  );
}
