// The list of keys, opened with `?` outside of text fields.

import { signal } from '@preact/signals';
import { Dialog } from '../../shared/dialog.tsx';

export const areKeysShown = signal(false);

const KEYS: readonly (readonly [string, string])[] = [
  ['Ctrl-Enter', 'Run'],
  ['Ctrl-S', 'Keep the draft now'],
  ['Ctrl-F', 'Search in the editor'],
  ['Ctrl-/', 'Comment or uncomment lines'],
  ['F8', 'Next error'],
  ['Tab, Shift-Tab', 'Indent, unindent'],
  ['Esc, then Tab', 'Leave the editor'],
  ['Ctrl-M', 'Let Tab always move the focus, or not'],
  ['Arrow keys, Home, End', 'Move between tabs, in menus, and the divider'],
  ['?', 'This list'],
];

export function KeysDialog() {
  if (!areKeysShown.value) return null;
  return (
    <Dialog
      title="Keys"
      onClose={() => {
        areKeysShown.value = false;
      }}
    >
      <p class="muted">On a Mac, Cmd instead of Ctrl.</p>
      <dl class="keys">
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
