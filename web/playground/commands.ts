// What the person can do from the toolbar with their program as a whole.

import { forgetEverything } from '../shared/browser-storage.ts';
import { download } from '../shared/download.ts';
import { apiKey, forgetKey } from '../shared/key.ts';
import { announce } from './announcements.tsx';
import { currentDraft, files, language, showDraft } from './draft.ts';
import { addToHistory, draftOf, history, isFromLink, keepDraft, lastDraft } from './drafts.ts';
import { exampleDraft, languages } from './languages.ts';
import { isKeyNeeded } from './run.ts';
import { NO_RUN, run } from './run-state.ts';

/** Each language keeps its own draft, so there is nothing to confirm. */
export function chooseLanguage(id: string): void {
  keepDraft();
  const chosen = languages.value.find((each) => each.id === id);
  const draft = draftOf(id) ?? (chosen ? exampleDraft(chosen) : null);
  if (draft !== null) showDraft(draft);
}

/** The code before it can be brought back with undo. */
export function openExample(index: number): void {
  const chosen = languages.value.find(({ id }) => id === language.value);
  if (chosen === undefined) return;
  showDraft(exampleDraft(chosen, index));
  announce('Example opened');
}

/** What was there stays in the history. */
export function startAfresh(): void {
  addToHistory({ at: Date.now(), status: 'draft', draft: currentDraft() });
  const { files: before } = currentDraft();
  showDraft({
    ...currentDraft(),
    files: [{ path: before[0]?.path ?? 'main', content: '' }],
    stdin: '',
    args: '',
    tests: [],
  });
  run.value = NO_RUN;
}

export async function downloadProgram(): Promise<void> {
  const [first] = files.value;
  if (first === undefined) return;
  if (files.value.length === 1) {
    download(first.path, first.content);
    return;
  }
  const { zipSync, strToU8 } = await import('fflate');
  download(
    'program.zip',
    zipSync(Object.fromEntries(files.value.map(({ path, content }) => [path, strToU8(content)]))),
  );
}

export function isKeyKept(): boolean {
  return apiKey.value !== '';
}

export function changeKey(): void {
  isKeyNeeded.value = true;
}

export function forgetAll(): void {
  forgetEverything();
  forgetKey();
  history.value = [];
  announce('This browser has forgotten drafts, history, settings and the key.');
}

export function backToDraft(): void {
  window.history.replaceState(null, '', window.location.pathname);
  isFromLink.value = false;
  const [first] = languages.value;
  const draft = lastDraft() ?? (first ? exampleDraft(first) : null);
  if (draft !== null) showDraft(draft);
}
