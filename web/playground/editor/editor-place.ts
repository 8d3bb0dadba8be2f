// Where the editor should go: set by links to a line, in another file too.

import { batch, signal } from '@preact/signals';
import { activePath, paths } from '../draft.ts';
import { view } from '../view.ts';

export const editorPlace = signal<{ readonly line: number; readonly column: number } | null>(null);

export function goToPlace(path: string | null, line: number, column: number): void {
  batch(() => {
    if (path !== null && paths.value.includes(path)) activePath.value = path;
    view.value = 'code';
    editorPlace.value = { line, column };
  });
}
