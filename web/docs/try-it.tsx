// "Try it": sends a request of the reference to this service and shows what it answers.

import { useSignal } from '@preact/signals';
import { call, RefusedError } from '../shared/api.ts';
import { KeyForm } from '../shared/key-form.tsx';

const MAX_SHOWN = 20_000;

interface TryItProps {
  readonly method: string;
  readonly path: string;
  /** JSON; empty if the route takes no body. */
  readonly example: string;
}

export function TryIt({ method, path, example }: TryItProps) {
  const isOpen = useSignal(false);
  if (!isOpen.value)
    return (
      <button
        type="button"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        Try it
      </button>
    );
  return <OpenTryIt method={method} path={path} example={example} />;
}

interface Answer {
  readonly line: string;
  readonly text: string;
  readonly needsKey: boolean;
}

function OpenTryIt({ method, path, example }: TryItProps) {
  const url = useSignal(path);
  const body = useSignal(example);
  const answer = useSignal<Answer | null>(null);
  const send = async () => {
    answer.value = { line: 'Sending…', text: '', needsKey: false };
    answer.value = await answerTo(method, url.value, body.value);
  };
  return (
    <form
      class="form try-it"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        {method} to
        <input
          value={url.value}
          spellcheck={false}
          onInput={({ currentTarget: { value } }) => {
            url.value = value;
          }}
        />
      </label>
      {example !== '' && (
        <label>
          Body
          <textarea
            rows={10}
            spellcheck={false}
            value={body.value}
            onInput={({ currentTarget: { value } }) => {
              body.value = value;
            }}
          />
        </label>
      )}
      <p class="actions">
        <button type="submit" class="primary">
          Send
        </button>
      </p>
      {answer.value !== null && (
        <output>
          <p>
            <strong>{answer.value.line}</strong>
          </p>
          {answer.value.text !== '' && <pre class="code-block">{answer.value.text}</pre>}
        </output>
      )}
      {answer.value?.needsKey && (
        <KeyForm reason="This service requires an API key." onEntered={() => void send()} />
      )}
    </form>
  );
}

async function answerTo(method: string, url: string, body: string): Promise<Answer> {
  const isSent = method !== 'GET' && body !== '';
  const init = { method, ...(isSent && { body, headers: { 'content-type': 'application/json' } }) };
  try {
    const response = await call(url, init);
    const text = await response.text();
    return { line: `${response.status} ${response.statusText}`, text: shown(text), needsKey: false };
  } catch (error) {
    if (!(error instanceof RefusedError)) return { line: String(error), text: '', needsKey: false };
    const { problem } = error;
    const text = JSON.stringify(problem, null, 2);
    return { line: `${problem.status} ${problem.title}`, text, needsKey: problem.status === 401 };
  }
}

function shown(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, MAX_SHOWN);
  } catch {
    return text.slice(0, MAX_SHOWN);
  }
}
