// The bar at the top: language and version, run and cancel, share, copy, everything else in a menu, and the way to the
// other pages.

import { Menu, type MenuItem } from '../shared/menu.tsx';
import { SiteLinks } from '../shared/site-links.tsx';
import {
  changeKey,
  chooseLanguage,
  downloadProgram,
  forgetAll,
  isKeyKept,
  openExample,
  startAfresh,
} from './commands.ts';
import { FORMS } from './copy-as.ts';
import { copyAs } from './dialogs/copied-code.tsx';
import { isHistoryShown } from './dialogs/history-dialog.tsx';
import { areKeysShown } from './dialogs/keys-dialog.tsx';
import { isSharing } from './dialogs/share-dialog.tsx';
import { language, version } from './draft.ts';
import { chosenLanguage, languages } from './languages.ts';
import { cancelAny, isAnyActive, runAny } from './run-any.ts';

export function Toolbar() {
  return (
    <header class="toolbar">
      <LanguageChoice />
      <VersionChoice />
      <RunButton />
      <button
        type="button"
        onClick={() => {
          isSharing.value = true;
        }}
      >
        Share
      </button>
      <Menu
        label="Copy as"
        items={FORMS.map((form) => ({ label: form, onChoose: () => void copyAs(form) }))}
      />
      <Menu label="More" items={moreItems()} />
      <span class="grow" />
      <SiteLinks current="playground" />
    </header>
  );
}

export function RunButton() {
  if (isAnyActive.value)
    return (
      <button type="button" class="primary run" onClick={() => cancelAny()}>
        Cancel
      </button>
    );
  return (
    <button type="button" class="primary run" aria-keyshortcuts="Control+Enter" onClick={() => runAny()}>
      <span aria-hidden="true">▶ </span>Run
    </button>
  );
}

const STATE_WORDS = { ready: '', installing: ' (installing…)', missing: ' (not installed)' };

function LanguageChoice() {
  return (
    <select
      aria-label="Language"
      value={language.value}
      onChange={({ currentTarget: { value } }) => chooseLanguage(value)}
    >
      {languages.value.length === 0 && <option value={language.value}>{language.value || 'Loading…'}</option>}
      {languages.value.map(({ id, name, version: newest, status }) => (
        <option key={id} value={id} disabled={status !== 'ready'}>
          {name}
          {status === 'ready' && newest !== null ? ` ${newest}` : ''}
          {STATE_WORDS[status]}
        </option>
      ))}
    </select>
  );
}

function VersionChoice() {
  const versions = chosenLanguage.value?.versions ?? [];
  if (versions.length < 2) return null;
  return (
    <select
      aria-label="Version"
      value={version.value}
      onChange={({ currentTarget: { value } }) => {
        version.value = value;
      }}
    >
      <option value="">newest</option>
      {versions.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}

function moreItems(): MenuItem[] {
  const examples = chosenLanguage.value?.examples ?? [];
  const show = (dialog: { value: boolean }) => () => {
    dialog.value = true;
  };
  return [
    ...examples.map(({ title }, index) => ({
      label: `Example: ${title}`,
      onChoose: () => openExample(index),
    })),
    { label: 'History', onChoose: show(isHistoryShown) },
    { label: 'Download program', onChoose: () => void downloadProgram() },
    { label: isKeyKept() ? 'Change or forget the API key' : 'API key', onChoose: changeKey },
    { label: 'Start afresh', onChoose: startAfresh },
    { label: 'Forget everything here', onChoose: () => void forgetAll() },
    { label: 'Keys', onChoose: show(areKeysShown) },
  ];
}
