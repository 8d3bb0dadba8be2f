// The start of the page: the languages of the service, what the person worked on last or a link brings, and the run that
// was under way.

import { RefusedError } from '../shared/api.ts';
import { backoffMs, waitFor } from '../shared/backoff.ts';
import { type Draft, language, showDraft } from './draft.ts';
import { isFromLink, lastDraft, markAsSaved, watchDraft } from './drafts.ts';
import { exampleDraft, languages, loadLanguages } from './languages.ts';
import { isKeyNeeded, resumeRun } from './run.ts';
import { draftOfFragment, LinkError } from './share.ts';
import { connectionNotice, startNotice } from './start-notice.ts';

const never = new AbortController();

export async function start(): Promise<void> {
  if (language.value === '') await openFirst();
  if (!(await loadUntilThere())) return;
  if (language.value === '') showFirstExample();
  watchDraft();
}

/** What needs nothing of the service: a link, or the person's own draft. */
async function openFirst(): Promise<void> {
  const shared = await sharedDraft();
  const draft = shared ?? lastDraft();
  if (draft === null) return;
  showDraft(draft);
  markAsSaved();
  isFromLink.value = shared !== null;
  if (shared === null) void resumeRun();
}

async function sharedDraft(): Promise<Draft | null> {
  try {
    return await draftOfFragment(window.location.hash);
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    startNotice.value = `${error.message} Your own draft is shown.`;
    return null;
  }
}

/** False if a key is needed first. */
async function loadUntilThere(): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await loadLanguages();
      connectionNotice.value = null;
      return true;
    } catch (error) {
      if (error instanceof RefusedError && [401, 403].includes(error.problem.status)) {
        isKeyNeeded.value = true;
        return false;
      }
      connectionNotice.value = 'Cannot reach the service. Your code is kept; trying again.';
      await waitFor(backoffMs(attempt), never.signal);
    }
  }
}

function showFirstExample(): void {
  const first = languages.value.find(({ status }) => status === 'ready') ?? languages.value[0];
  if (first === undefined) return;
  showDraft(exampleDraft(first));
  markAsSaved();
}
