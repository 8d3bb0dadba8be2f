// A program that judges: a checker, or an interactor. Its language, its protocol and its source; each starts as an example
// that can be run.

import type { CheckerChoice } from '../../../src/api/checker-choice.ts';
import { checker, type Interactor, interactor } from '../draft.ts';
import { languages } from '../languages.ts';
import { run } from '../run-state.ts';

type Protocol = NonNullable<CheckerChoice['protocol']>;

const PROTOCOLS: Record<Protocol, string> = {
  testlib: 'testlib: input, output and answer as files; 0 accepts, 1 rejects',
  icpc: 'icpc: input and answer as files, output on stdin; 42 accepts, 43 rejects',
};

const CHECKER_EXAMPLE = `import sys

# The arguments are the files with the input, the output and the expected output.
input_file, output_file, answer_file = sys.argv[1:4]
output, answer = open(output_file).read(), open(answer_file).read()
if sorted(output.split()) == sorted(answer.split()):
    print("the same words", file=sys.stderr)
    sys.exit(0)
print("other words", file=sys.stderr)
sys.exit(1)
`;

const INTERACTOR_EXAMPLE = `import sys

# The solution's output is stdin here, and stdout is its input. The first argument is the file with the test's input.
number = int(open(sys.argv[1]).read())
for _ in range(10):
    guess = int(input())
    if guess == number:
        print("right", flush=True)
        sys.exit(0)
    print("lower" if number < guess else "higher", flush=True)
print("too many guesses", file=sys.stderr)
sys.exit(1)
`;

export function newProgram(): CheckerChoice {
  return { type: 'program', language: 'python', protocol: 'testlib', code: CHECKER_EXAMPLE };
}

export function newInteractor(): Interactor {
  return { language: 'python', protocol: 'testlib', code: INTERACTOR_EXAMPLE };
}

export function CheckerProgram() {
  return (
    <ProgramFields
      name="checker"
      program={checker.value}
      onChange={(changed) => {
        checker.value = { ...checker.value, ...changed };
      }}
    />
  );
}

export function InteractorProgram() {
  return (
    <ProgramFields
      name="interactor"
      program={interactor.value ?? {}}
      onChange={(changed) => {
        interactor.value = { ...interactor.value, ...changed };
      }}
    />
  );
}

interface ProgramFieldsProps {
  /** As the field of the request is called. */
  readonly name: 'checker' | 'interactor';
  readonly program: Interactor;
  readonly onChange: (changed: Partial<Interactor>) => void;
}

function ProgramFields({ name, program, onChange }: ProgramFieldsProps) {
  const { language = 'python', protocol = 'testlib', code = '' } = program;
  const title = name === 'checker' ? 'Checker' : 'Interactor';
  const refused = run.value.problem?.errors?.find(({ path }) => path.startsWith(name));
  return (
    <>
      <label>
        {title} language
        <select value={language} onChange={({ currentTarget: { value } }) => onChange({ language: value })}>
          {languages.value.map(({ id, name: shown }) => (
            <option key={id} value={id}>
              {shown}
            </option>
          ))}
        </select>
      </label>
      <label>
        Protocol
        <select
          value={protocol}
          onChange={({ currentTarget: { value } }) => onChange({ protocol: value as Protocol })}
        >
          {Object.entries(PROTOCOLS).map(([id, words]) => (
            <option key={id} value={id}>
              {name === 'checker' ? words : id}
            </option>
          ))}
        </select>
      </label>
      <label>
        {title} program
        <textarea
          rows={10}
          spellcheck={false}
          value={code}
          onInput={({ currentTarget: { value } }) => onChange({ code: value })}
        />
        {refused && <span class="problem">{refused.message}</span>}
      </label>
    </>
  );
}
