// A checker that is a program: its language, its protocol and its source. It starts as an example that can be run.

import type { CheckerChoice } from '../../../src/api/checker-choice.ts';
import { checker } from '../draft.ts';
import { languages } from '../languages.ts';
import { run } from '../run-state.ts';

const PROTOCOLS: Record<NonNullable<CheckerChoice['protocol']>, string> = {
  testlib: 'testlib: input, output and answer as files; 0 accepts, 1 rejects',
  icpc: 'icpc: input and answer as files, output on stdin; 42 accepts, 43 rejects',
};

const EXAMPLE = `import sys

# The arguments are the files with the input, the output and the expected output.
input_file, output_file, answer_file = sys.argv[1:4]
output, answer = open(output_file).read(), open(answer_file).read()
if sorted(output.split()) == sorted(answer.split()):
    print("the same words", file=sys.stderr)
    sys.exit(0)
print("other words", file=sys.stderr)
sys.exit(1)
`;

export function newProgram(): CheckerChoice {
  return { type: 'program', language: 'python', protocol: 'testlib', code: EXAMPLE };
}

export function CheckerProgram() {
  const { language = 'python', protocol = 'testlib', code = '' } = checker.value;
  const change = (changed: Partial<CheckerChoice>) => {
    checker.value = { ...checker.value, ...changed };
  };
  const refused = run.value.problem?.errors?.find(({ path }) => path.startsWith('checker'));
  return (
    <>
      <label>
        Checker language
        <select value={language} onChange={({ currentTarget: { value } }) => change({ language: value })}>
          {languages.value.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Protocol
        <select
          value={protocol}
          onChange={({ currentTarget: { value } }) =>
            change({ protocol: value as NonNullable<CheckerChoice['protocol']> })
          }
        >
          {Object.entries(PROTOCOLS).map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        Checker program
        <textarea
          rows={10}
          spellcheck={false}
          value={code}
          onInput={({ currentTarget: { value } }) => change({ code: value })}
        />
        {refused && <span class="problem">{refused.message}</span>}
      </label>
    </>
  );
}
