// Asks for a name, such as that of a file.

import { signal, useSignal } from '@preact/signals';
import { Dialog } from '../../shared/dialog.tsx';

interface Question {
  readonly title: string;
  readonly suggestion: string;
  readonly problemWith: (name: string) => string | null;
  readonly answer: (name: string | null) => void;
}

const question = signal<Question | null>(null);

/** Resolves with the name, or `null` if the person changed their mind. */
export function askForName(
  title: string,
  suggestion: string,
  problemWith: Question['problemWith'],
): Promise<string | null> {
  return new Promise((resolve) => {
    question.value = {
      title,
      suggestion,
      problemWith,
      answer: (name) => {
        question.value = null;
        resolve(name);
      },
    };
  });
}

export function NameDialog() {
  return question.value === null ? null : <OpenNameDialog key={question.value.title} {...question.value} />;
}

function OpenNameDialog({ title, suggestion, problemWith, answer }: Question) {
  const name = useSignal(suggestion);
  const problem = useSignal<string | null>(null);
  const submit = (event: Event) => {
    event.preventDefault();
    problem.value = problemWith(name.value);
    if (problem.value === null) answer(name.value);
  };
  return (
    <Dialog title={title} onClose={() => answer(null)}>
      <form onSubmit={submit}>
        <input
          aria-label="Name"
          aria-invalid={problem.value !== null}
          value={name.value}
          spellcheck={false}
          onInput={({ currentTarget: { value } }) => {
            name.value = value;
          }}
        />
        {problem.value !== null && <p class="problem">{problem.value}</p>}
        <p class="actions">
          <button type="submit" class="primary">
            OK
          </button>
        </p>
      </form>
    </Dialog>
  );
}
