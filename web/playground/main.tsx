// The playground: puts its parts together and starts them.

import '../shared/base.css';
import './playground.css';
import './narrow.css';
import { effect, untracked } from '@preact/signals';
import { render } from 'preact';
import type { ExecutionResult } from '../../src/api/execution.ts';
import { Tabs } from '../shared/tabs.tsx';
import { Announcements } from './announcements.tsx';
import { Banners } from './banners.tsx';
import { CopiedCode } from './dialogs/copied-code.tsx';
import { HistoryDialog } from './dialogs/history-dialog.tsx';
import { ImportDialog } from './dialogs/import-dialog.tsx';
import { areKeysShown, KeysDialog } from './dialogs/keys-dialog.tsx';
import { NameDialog } from './dialogs/name-dialog.tsx';
import { ShareDialog } from './dialogs/share-dialog.tsx';
import { currentDraft, tests } from './draft.ts';
import { addToHistory } from './drafts.ts';
import { EditorPane } from './editor/editor-pane.tsx';
import { runAny } from './run-any.ts';
import { run } from './run-state.ts';
import { SidePane } from './side/side-pane.tsx';
import { Splitter } from './splitter.tsx';
import { start } from './start.ts';
import { RunButton, Toolbar } from './toolbar.tsx';
import { type View, view } from './view.ts';

function Playground() {
  return (
    <div class="playground" data-view={view.value}>
      <a class="skip" href="#results">
        Skip to the results
      </a>
      <Toolbar />
      <Banners />
      <Tabs<View>
        class="views"
        label="Parts of the page"
        controls="main"
        tabs={[
          { id: 'code', label: 'Code' },
          { id: 'side', label: `Tests ${tests.value.length}` },
          { id: 'results', label: 'Results' },
        ]}
        active={view.value}
        onChoose={(chosen) => {
          view.value = chosen;
        }}
      />
      <main id="main">
        <h1 class="hidden">Playground</h1>
        <EditorPane />
        <Splitter />
        <SidePane />
      </main>
      <div class="bottom-run">
        <RunButton />
      </div>
      <Announcements />
      <NameDialog />
      <ShareDialog />
      <CopiedCode />
      <HistoryDialog />
      <KeysDialog />
      <ImportDialog />
    </div>
  );
}

function listenToKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    const isInText =
      (event.target as Element).closest('input, textarea, select, [contenteditable=true]') !== null;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      runAny();
    } else if (event.key === '?' && !isInText) areKeysShown.value = true;
  });
}

/** Each run goes to the history when it has ended. */
let last: ExecutionResult | null = null;
effect(() => {
  const { result } = run.value;
  if (result === null || result === last) return;
  last = result;
  untracked(() => addToHistory({ at: Date.now(), status: result.status, draft: currentDraft() }));
});

const parent = document.getElementById('app');
if (parent !== null) render(<Playground />, parent);
listenToKeys();
void start();
