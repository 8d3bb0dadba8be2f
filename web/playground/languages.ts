// The languages of the service. While one is being installed, its state is read again every few seconds.

import { computed, signal } from '@preact/signals';
import type { LanguageDescription } from '../../src/http/v1/language-description.ts';
import { getJson } from '../shared/api.ts';
import { type Draft, language, NO_LIMITS } from './draft.ts';

const POLL_MS = 5000;

export const languages = signal<readonly LanguageDescription[]>([]);
export const chosenLanguage = computed(() => languages.value.find(({ id }) => id === language.value) ?? null);

let timer: ReturnType<typeof setTimeout> | undefined;

/** Throws what `getJson` throws. */
export async function loadLanguages(): Promise<void> {
  clearTimeout(timer);
  languages.value = await getJson<LanguageDescription[]>('/api/v1/languages');
  const isPending = languages.value.some(({ status }) => status === 'installing');
  if (isPending) timer = setTimeout(() => void loadLanguages().catch(() => {}), POLL_MS);
}

/** The draft of an example of a language, the first one unless another is named. */
export function exampleDraft({ id, examples, file_extension }: LanguageDescription, index = 0): Draft {
  const example = examples[index];
  return {
    language: id,
    version: '',
    files: [{ path: example?.file ?? `main${file_extension}`, content: example?.code ?? '' }],
    stdin: '',
    args: '',
    tests: (example?.test_cases ?? []).map((test) => ({
      name: test.name ?? '',
      input: test.input ?? '',
      expected: test.expected_output ?? null,
      isHidden: test.is_hidden ?? false,
      weight: test.weight ?? 1,
    })),
    checker: { type: 'trim' },
    limits: NO_LIMITS,
    stopOnFailure: false,
  };
}
