// What a screen reader should say: one polite live region. It is emptied first, so that the same words are said again.

import { signal } from '@preact/signals';

const text = signal('');
const PAUSE_MS = 60;

export function announce(words: string): void {
  text.value = '';
  setTimeout(() => {
    text.value = words;
  }, PAUSE_MS);
}

export function Announcements() {
  return (
    <p role="status" class="hidden">
      {text.value}
    </p>
  );
}
