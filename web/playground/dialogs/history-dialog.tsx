// The last runs of this browser, and drafts that another tab replaced. Opening one keeps what is there in the history.

import { signal } from '@preact/signals';
import { Dialog } from '../../shared/dialog.tsx';
import { currentDraft, showDraft } from '../draft.ts';
import { addToHistory, history, type PastRun } from '../drafts.ts';
import { statusWords } from '../words.ts';

export const isHistoryShown = signal(false);

const close = () => {
  isHistoryShown.value = false;
};

export function HistoryDialog() {
  if (!isHistoryShown.value) return null;
  return (
    <Dialog title="History" onClose={close}>
      {history.value.length === 0 && <p class="muted">No runs yet. They are kept in this browser only.</p>}
      <ul class="history">
        {history.value.map((past) => (
          <li key={past.at}>
            <button type="button" onClick={() => open(past)}>
              <span>{new Date(past.at).toLocaleString()}</span>
              <span>{past.draft.language}</span>
              <span>{past.status === 'draft' ? 'Draft of another tab' : statusWords(past.status).word}</span>
              <code>{firstLine(past)}</code>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function open(past: PastRun): void {
  addToHistory({ at: Date.now(), status: 'draft', draft: currentDraft() });
  showDraft(past.draft);
  close();
}

function firstLine({ draft }: PastRun): string {
  const lines = (draft.files[0]?.content ?? '').split('\n').filter((line) => line.trim() !== '');
  return (lines[0] ?? '').slice(0, 60);
}
