// The tests as a table: input, expected output, hidden, weight; add, duplicate, remove, import and export.

import { memo } from 'preact/compat';
import { DuplicateIcon } from '../../shared/icons.tsx';
import { Menu } from '../../shared/menu.tsx';
import { isImporting } from '../dialogs/import-dialog.tsx';
import { changeTest, type DraftTest, emptyTest, tests, withId } from '../draft.ts';
import { exportTests } from '../tests-file.ts';
import { GroupChoice, Groups } from './groups.tsx';

export function TestsPanel() {
  const all = tests.value;
  return (
    <section aria-label="Test cases">
      {all.length === 0 ? (
        <p class="muted empty">No tests: the program runs once, with the standard input of the tab Input.</p>
      ) : (
        <ol class="test-cases">
          {all.map((test, index) => (
            <TestCase key={test.id} test={test} number={index + 1} />
          ))}
        </ol>
      )}
      <p class="actions">
        <button type="button" onClick={() => add(emptyTest())}>
          Add test
        </button>
        <button
          type="button"
          onClick={() => {
            isImporting.value = true;
          }}
        >
          Import tests
        </button>
        {all.length > 0 && (
          <Menu
            label="Export tests"
            items={[
              { label: 'As JSON', onChoose: () => void exportTests('json') },
              { label: 'As zip of .in and .ans', onChoose: () => void exportTests('zip') },
            ]}
          />
        )}
      </p>
      {all.length > 0 && <Groups />}
    </section>
  );
}

const TestCase = memo(({ test, number }: { test: DraftTest; number: number }) => {
  const { id, input, expected, isHidden, weight } = test;
  const name = `Test ${number}`;
  return (
    <li class="test-case" aria-label={name}>
      <span class="test-number" aria-hidden="true">
        {number}
      </span>
      <TextField
        label={`${name} input`}
        head="Input"
        value={input}
        onInput={(value) => changeTest(id, { input: value })}
      />
      <TextField
        label={`${name} expected output`}
        head="Expected"
        value={expected ?? ''}
        placeholder="Any output passes"
        onInput={(value) => changeTest(id, { expected: value === '' ? null : value })}
      />
      <label class="check">
        <input
          type="checkbox"
          aria-label={`${name} hidden`}
          checked={isHidden}
          onChange={({ currentTarget: { checked } }) => changeTest(id, { isHidden: checked })}
        />
        Hidden
      </label>
      <label class="weight">
        Weight
        <input
          type="number"
          aria-label={`${name} weight`}
          min={0}
          step="any"
          value={weight}
          onInput={({ currentTarget: { value } }) =>
            changeTest(id, { weight: value === '' ? 1 : Number(value) })
          }
        />
      </label>
      <GroupChoice test={test} label={name} />
      <span class="row-actions">
        <button
          type="button"
          class="quiet"
          aria-label={`Duplicate test ${number}`}
          title="Duplicate"
          onClick={() => add(test, number)}
        >
          <DuplicateIcon />
        </button>
        <button
          type="button"
          class="quiet"
          aria-label={`Remove test ${number}`}
          title="Remove"
          onClick={() => remove(id, number)}
        >
          ✕
        </button>
      </span>
    </li>
  );
});

interface TextFieldProps {
  readonly label: string;
  readonly head: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onInput: (value: string) => void;
}

const MAX_ROWS = 6;

function TextField({ label, head, value, placeholder, onInput }: TextFieldProps) {
  const lines = value.split('\n', MAX_ROWS + 1).length - (value.endsWith('\n') ? 1 : 0);
  return (
    <label class="text-field">
      <span aria-hidden="true">{head}</span>
      <textarea
        aria-label={label}
        rows={Math.min(Math.max(lines, 1), MAX_ROWS)}
        spellcheck={false}
        value={value}
        placeholder={placeholder}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </label>
  );
}

function add(test: Omit<DraftTest, 'id'>, at = tests.value.length): void {
  tests.value = tests.value.toSpliced(at, 0, withId(test));
  focusLater(`Test ${at + 1} input`);
}

function remove(id: number, number: number): void {
  tests.value = tests.value.filter((test) => test.id !== id);
  focusLater(`Remove test ${Math.min(number, tests.value.length)}`);
}

/** The focus stays in the table when a row comes or goes. */
function focusLater(label: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[aria-label="${label}"]`)?.focus());
}
