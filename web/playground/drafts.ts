// What this browser keeps: a draft for each language, this tab's work, and the last runs. A tab that replaces another's
// draft moves that one to the history first, so nothing is lost.

import { effect, signal } from '@preact/signals';
import { readJson, readStored, writeStored } from '../shared/browser-storage.ts';
import { currentDraft, type Draft, language } from './draft.ts';

const SAVE_AFTER_MS = 300;
const MAX_HISTORY = 30;
const MAX_SOURCE_BYTES = 64 * 1024;
const MAX_HISTORY_BYTES = 2 * 1024 * 1024;

const tab = tabId();

interface StoredDraft {
  readonly tab: string;
  readonly at: number;
  readonly draft: Draft;
}

export interface PastRun {
  readonly at: number;
  /** How it ended, or `draft` if it is what another tab had written. */
  readonly status: string;
  readonly draft: Draft;
}

export const history = signal<readonly PastRun[]>(readJson<PastRun[]>('history') ?? []);
/** What was opened from a link is not kept until it is edited. */
export const isFromLink = signal(false);

let saved = '';
let isWatching = false;

/** Keeps the draft a moment after each change, and when the page is left. */
export function watchDraft(): void {
  if (isWatching) return;
  isWatching = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    currentDraft();
    clearTimeout(timer);
    timer = setTimeout(keepDraft, SAVE_AFTER_MS);
  });
  window.addEventListener('pagehide', keepDraft);
}

export function keepDraft(): void {
  const draft = currentDraft();
  const text = JSON.stringify(draft);
  if (text === saved || draft.language === '' || isFromLink.value) return;
  saved = text;
  const name = `draft:${draft.language}`;
  const other = readJson<StoredDraft>(name);
  if (other !== null && other.tab !== tab && JSON.stringify(other.draft) !== text) {
    addToHistory({ at: other.at, status: 'draft', draft: other.draft });
  }
  writeStored(name, JSON.stringify({ tab, at: Date.now(), draft } satisfies StoredDraft));
  writeStored('work', text, 'session');
  writeStored('language', language.value);
}

/** What is shown is kept from now on only if it changes. */
export function markAsSaved(): void {
  saved = JSON.stringify(currentDraft());
}

export function draftOf(languageId: string): Draft | null {
  return readJson<StoredDraft>(`draft:${languageId}`)?.draft ?? null;
}

/** This tab's work, else the draft of the language that was used last. */
export function lastDraft(): Draft | null {
  const last = readStored('language');
  return readJson<Draft>('work', 'session') ?? (last === null ? null : draftOf(last));
}

export function addToHistory(past: PastRun): void {
  const source = past.draft.files.reduce((sum, { content }) => sum + content.length, 0);
  if (source > MAX_SOURCE_BYTES) return;
  const others = history.value.filter((each) => JSON.stringify(each.draft) !== JSON.stringify(past.draft));
  const next = [past, ...others].slice(0, MAX_HISTORY);
  while (JSON.stringify(next).length > MAX_HISTORY_BYTES) next.pop();
  history.value = next;
  writeStored('history', JSON.stringify(next));
}

function tabId(): string {
  const stored = readJson<string>('tab', 'session');
  if (stored !== null) return stored;
  const made = Math.random().toString(36).slice(2);
  writeStored('tab', JSON.stringify(made), 'session');
  return made;
}
