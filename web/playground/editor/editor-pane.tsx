// The left half of the page: tabs of the files, the editor, and its status line.

import { effect, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { styleNonce } from '../../shared/style-nonce.ts';
import { announce } from '../announcements.tsx';
import { activePath, files, filesReplaced } from '../draft.ts';
import { keepDraft } from '../drafts.ts';
import { marksByFile } from '../problems.ts';
import { runAny } from '../run-any.ts';
import { createEditor, type Editor } from './editor.ts';
import { editorPlace } from './editor-place.ts';
import { FileTabs } from './file-tabs.tsx';

export function EditorPane() {
  const parent = useRef<HTMLDivElement>(null);
  const cursor = useSignal({ line: 1, column: 1 });
  useEffect(() => {
    if (parent.current === null) return;
    const editor = createEditor(parent.current, styleNonce(), {
      onChange: changeFile,
      onCursor: (line, column) => {
        cursor.value = { line, column };
      },
      onRun: runAny,
      onSave: () => {
        keepDraft();
        announce('Draft kept');
      },
    });
    return connect(editor);
  }, [cursor]);
  const { line, column } = cursor.value;
  return (
    <section class="editor-pane" aria-label="Program">
      <FileTabs />
      <div class="editor" ref={parent} />
      <p class="editor-status muted" id="editor-keys">
        Ln {line}, Col {column}. Tab indents; Esc, then Tab leaves.
      </p>
    </section>
  );
}

function changeFile(path: string, content: string): void {
  files.value = files.peek().map((file) => (file.path === path ? { path, content } : file));
}

/** The editor follows the signals at once: an effect of a component would run after the next frame. */
function connect(editor: Editor): () => void {
  const ends = [
    effect(() => {
      filesReplaced.value;
      editor.replace(files.peek(), activePath.peek());
    }),
    effect(() => editor.show(activePath.value)),
    effect(() => editor.mark(marksByFile.value.get(activePath.value) ?? [])),
    effect(() => {
      const place = editorPlace.value;
      if (place !== null) editor.goTo(place.line, place.column);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
