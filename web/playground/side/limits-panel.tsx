// How the program is run: limits with their ranges, the checker with its options, the version of the language.

import type { CheckerChoice } from '../../../src/api/checker-choice.ts';
import { checker, type DraftLimits, interactor, limits, stopOnFailure } from '../draft.ts';
import { LIMIT_FIELDS } from '../limits-in-words.ts';
import { run } from '../run-state.ts';
import { CheckerProgram, InteractorProgram, newInteractor, newProgram } from './checker-program.tsx';

const CHECKERS: Partial<Record<CheckerChoice['type'], string>> = {
  exact: 'every byte counts',
  trim: 'white space at line ends does not count',
  tokens: 'words, whatever separates them',
  float: 'numbers, with a tolerance',
  lines: 'the same words on the same lines; blank lines do not count',
  unordered_lines: 'lines in any order',
  case_insensitive: 'as trim, and case does not count',
  program: 'a program judges the output',
};

export function LimitsPanel() {
  return (
    <section aria-label="Limits" class="form">
      <div class="limit-fields">
        {(Object.keys(LIMIT_FIELDS) as (keyof DraftLimits)[]).map((name) => (
          <LimitField key={name} name={name} />
        ))}
      </div>
      <CheckerFields />
      <label class="check">
        <input
          type="checkbox"
          checked={stopOnFailure.value}
          onChange={({ currentTarget: { checked } }) => {
            stopOnFailure.value = checked;
          }}
        />
        Stop after the first failed test
      </label>
    </section>
  );
}

function LimitField({ name }: { name: keyof DraftLimits }) {
  const { label, minimum, maximum, default: usual, step } = LIMIT_FIELDS[name];
  const text = limits.value[name];
  const number = Number(text);
  const isOutside = text !== '' && !(number >= minimum && number <= maximum);
  const refused = run.value.problem?.errors?.find(({ path }) => path === name);
  const message = isOutside ? `Between ${minimum} and ${maximum}.` : refused?.message;
  return (
    <label>
      {label}
      <input
        type="number"
        inputMode="decimal"
        min={minimum}
        max={maximum}
        step={step}
        placeholder={String(usual)}
        aria-invalid={message !== undefined}
        value={text}
        onInput={({ currentTarget: { value } }) => {
          limits.value = { ...limits.value, [name]: value };
        }}
      />
      <span class={message === undefined ? 'muted' : 'problem'}>
        {message ?? `${minimum} to ${maximum}; ${usual} when empty.`}
      </span>
    </label>
  );
}

/** What judges: a checker, or an interactor in its place. */
function chooseJudge(choice: string): void {
  const isInteractive = choice === 'interactor';
  interactor.value = isInteractive ? newInteractor() : null;
  if (isInteractive) checker.value = { type: 'trim' };
  else checker.value = choice === 'program' ? newProgram() : { type: choice as CheckerChoice['type'] };
}

function CheckerFields() {
  const { type, absolute, relative } = checker.value;
  const isInteractive = interactor.value !== null;
  return (
    <>
      <label>
        Checker
        <select
          value={isInteractive ? 'interactor' : type}
          onChange={({ currentTarget: { value } }) => chooseJudge(value)}
        >
          {Object.entries(CHECKERS).map(([id, words]) => (
            <option key={id} value={id}>
              {id}: {words}
            </option>
          ))}
          <option value="interactor">interactor: a program talks to the solution</option>
        </select>
      </label>
      {isInteractive && <InteractorProgram />}
      {type === 'program' && <CheckerProgram />}
      {!isInteractive && !['exact', 'case_insensitive', 'program'].includes(type) && (
        <label class="check">
          <input
            type="checkbox"
            checked={checker.value.case_sensitive === false}
            onChange={({ currentTarget: { checked } }) => {
              const { case_sensitive: _old, ...rest } = checker.value;
              checker.value = checked ? { ...rest, case_sensitive: false } : rest;
            }}
          />
          Case does not count
        </label>
      )}
      {['tokens', 'float'].includes(type) && (
        <label class="check">
          <input
            type="checkbox"
            checked={checker.value.space_change_sensitive === true}
            onChange={({ currentTarget: { checked } }) => {
              const { space_change_sensitive: _old, ...rest } = checker.value;
              checker.value = checked ? { ...rest, space_change_sensitive: true } : rest;
            }}
          />
          White space counts
        </label>
      )}
      {type === 'float' && (
        <>
          <ToleranceField name="absolute" label="Absolute tolerance" value={absolute} />
          <ToleranceField name="relative" label="Relative tolerance" value={relative} />
        </>
      )}
    </>
  );
}

function ToleranceField({
  name,
  label,
  value,
}: {
  name: 'absolute' | 'relative';
  label: string;
  value?: number | undefined;
}) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={0}
        step="any"
        placeholder="1e-9"
        value={value ?? ''}
        onInput={({ currentTarget: { value: text } }) => {
          const { [name]: _old, ...rest } = checker.value;
          checker.value = text === '' ? rest : { ...rest, [name]: Number(text) };
        }}
      />
    </label>
  );
}
