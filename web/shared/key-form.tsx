// Asks for the API key that the service requires.

import { useSignal } from '@preact/signals';
import { apiKey, isKeyRemembered, setKey } from './key.ts';

interface KeyFormProps {
  /** Why it is asked, in a sentence. */
  readonly reason: string;
  readonly onEntered: () => void;
}

export function KeyForm({ reason, onEntered }: KeyFormProps) {
  const key = useSignal(apiKey.value);
  const isRemembered = useSignal(isKeyRemembered.value);
  const submit = (event: Event) => {
    event.preventDefault();
    setKey(key.value.trim(), isRemembered.value);
    onEntered();
  };
  return (
    <form class="form key-form" onSubmit={submit}>
      <p>{reason}</p>
      <label>
        API key
        <input
          type="password"
          autocomplete="off"
          value={key.value}
          onInput={({ currentTarget: { value } }) => {
            key.value = value;
          }}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={isRemembered.value}
          onChange={({ currentTarget: { checked } }) => {
            isRemembered.value = checked;
          }}
        />
        Remember on this device
      </label>
      <p class="actions">
        <button type="submit" class="primary">
          Use this key
        </button>
      </p>
    </form>
  );
}
