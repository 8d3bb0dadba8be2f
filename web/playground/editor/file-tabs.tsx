// The tabs of the files: choose, add, rename, remove. The first file is the one that is started.

import { batch } from '@preact/signals';
import { Tabs } from '../../shared/tabs.tsx';
import { askForName } from '../dialogs/name-dialog.tsx';
import { activePath, files, filesReplaced, paths } from '../draft.ts';

const MAX_FILES = 20;

export function FileTabs() {
  const all = paths.value;
  const active = activePath.value;
  return (
    <div class="file-tabs">
      <Tabs
        label="Files"
        tabs={all.map((path) => ({ id: path, label: path }))}
        active={active}
        onChoose={(path) => {
          activePath.value = path;
        }}
      />
      <button
        type="button"
        class="quiet"
        aria-label="Add file"
        disabled={all.length >= MAX_FILES}
        onClick={addFile}
      >
        +
      </button>
      <span class="grow" />
      <button type="button" class="quiet" onClick={() => renameFile(active)}>
        Rename
      </button>
      {all.length > 1 && (
        <button
          type="button"
          class="quiet"
          aria-label={`Remove file ${active}`}
          onClick={() => removeFile(active)}
        >
          Remove
        </button>
      )}
    </div>
  );
}

async function addFile(): Promise<void> {
  const path = await askForName('Name of the new file', suggestion(), problemWith);
  if (path === null) return;
  change([...files.value, { path, content: '' }], path);
}

async function renameFile(path: string): Promise<void> {
  const renamed = await askForName(`New name of ${path}`, path, (name) =>
    name === path ? null : problemWith(name),
  );
  if (renamed === null || renamed === path) return;
  change(
    files.value.map((file) => (file.path === path ? { ...file, path: renamed } : file)),
    renamed,
  );
}

function removeFile(path: string): void {
  const left = files.value.filter((file) => file.path !== path);
  change(left, left[0]?.path ?? '');
}

function change(next: typeof files.value, active: string): void {
  batch(() => {
    files.value = next;
    activePath.value = active;
    filesReplaced.value += 1;
  });
}

function suggestion(): string {
  const [first = 'main'] = paths.value;
  const ending = first.slice(first.lastIndexOf('.'));
  return `helper${ending}`;
}

/** What is wrong with a name for a file, in words; `null` if nothing is. */
function problemWith(name: string): string | null {
  if (name.trim() === '') return 'A file needs a name.';
  if (paths.value.includes(name)) return `There is a file ${name} already.`;
  if (name.startsWith('/') || name.startsWith('-') || name.split('/').includes('..')) {
    return 'A name must not begin with / or -, nor contain "..".';
  }
  return name.length > 255 ? 'A name has at most 255 characters.' : null;
}
