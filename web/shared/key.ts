// The API key that a person entered. It lives in memory unless "Remember on this device" is ticked.

import { signal } from '@preact/signals';
import { readStored, removeStored, writeStored } from './browser-storage.ts';

const NAME = 'api-key';

export const apiKey = signal<string>(readStored(NAME) ?? '');
export const isKeyRemembered = signal<boolean>(apiKey.value !== '');

export function setKey(key: string, isRemembered: boolean): void {
  apiKey.value = key;
  isKeyRemembered.value = isRemembered;
  if (isRemembered) writeStored(NAME, key);
  else removeStored(NAME);
}

export function forgetKey(): void {
  setKey('', false);
}
