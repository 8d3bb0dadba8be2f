// The editor: one view for ever, a state for each file. It knows nothing of what runs the code.

import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { appearance } from './appearance.ts';
import { languageFor } from './languages.ts';
import { wholeInput } from './whole-input.ts';

/** A place in a file that something is wrong with. Line and column count from 1; column 0 is the whole line. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export interface EditorCallbacks {
  onChange(path: string, content: string): void;
  onCursor(line: number, column: number): void;
  onRun(): void;
  onSave(): void;
}

export interface Editor {
  show(path: string): void;
  /** Shows these files and no others. What a shown file contained before can be brought back with undo. */
  replace(files: readonly { readonly path: string; readonly content: string }[], active: string): void;
  mark(marks: readonly Mark[]): void;
  goTo(line: number, column: number): void;
  focus(): void;
}

export function createEditor(parent: HTMLElement, nonce: string, callbacks: EditorCallbacks): Editor {
  const states = new Map<string, EditorState>();
  const highlighting = new Compartment();
  let shown = '';
  const listener = EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
    if (docChanged) callbacks.onChange(shown, state.doc.toString());
    if (docChanged || selectionSet) reportCursor(state, callbacks);
  });
  const newState = (content: string) =>
    EditorState.create({
      doc: content,
      extensions: [extensions(nonce, callbacks), highlighting.of([]), listener],
    });
  const view = new EditorView({ parent, state: newState('') });

  const show = (path: string) => {
    if (path === shown) return;
    if (states.has(shown)) states.set(shown, view.state);
    shown = path;
    view.setState(states.get(path) ?? newState(''));
    reportCursor(view.state, callbacks);
    void languageFor(path).then((extension) => {
      if (shown === path) view.dispatch({ effects: highlighting.reconfigure(extension) });
    });
  };

  return {
    show,
    replace: (files, active) => {
      const kept = new Set(files.map(({ path }) => path));
      for (const path of [...states.keys()]) if (!kept.has(path)) states.delete(path);
      for (const { path, content } of files) if (path !== shown) states.set(path, newState(content));
      const current = files.find(({ path }) => path === shown);
      if (current === undefined) shown = '';
      else {
        states.set(shown, view.state);
        replaceText(view, current.content);
      }
      show(active);
    },
    mark: (marks) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          marks.map((mark) => diagnosticOf(view.state, mark)),
        ),
      ),
    goTo: (line, column) => {
      const place = placeOf(view.state, line, column);
      view.dispatch({
        selection: { anchor: place },
        effects: EditorView.scrollIntoView(place, { y: 'center' }),
      });
      view.focus();
    },
    focus: () => view.focus(),
  };
}

function extensions(nonce: string, { onRun, onSave }: EditorCallbacks): Extension {
  const done = (action: () => void) => () => {
    action();
    return true;
  };
  return [
    EditorView.cspNonce.of(nonce),
    Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run: done(onRun) },
        { key: 'Mod-s', run: done(onSave), preventDefault: true },
      ]),
    ),
    wholeInput,
    lineNumbers(),
    lintGutter(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    history(),
    drawSelection(),
    indentOnInput(),
    indentUnit.of('    '),
    bracketMatching(),
    closeBrackets(),
    search({ top: true }),
    highlightSelectionMatches(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': 'Code', 'aria-describedby': 'editor-keys' }),
    appearance,
    keymap.of([
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...lintKeymap,
      indentWithTab,
      ...defaultKeymap,
    ]),
  ];
}

function replaceText(view: EditorView, content: string): void {
  if (view.state.doc.toString() === content) return;
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: content },
    annotations: isolateHistory.of('full'),
  });
}

function reportCursor({ doc, selection }: EditorState, { onCursor }: EditorCallbacks): void {
  const line = doc.lineAt(selection.main.head);
  onCursor(line.number, selection.main.head - line.from + 1);
}

/** The offset of a place; the nearest one if the text has become shorter. */
function placeOf({ doc }: EditorState, line: number, column: number): number {
  const { from, length } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return from + Math.min(Math.max(column - 1, 0), length);
}

function diagnosticOf(state: EditorState, { line, column, severity, message }: Mark) {
  const place = placeOf(state, line, column);
  const { from, to, text } = state.doc.lineAt(place);
  if (column > 0) {
    const word = /^\w+|^\S/.exec(text.slice(place - from))?.[0] ?? '';
    return { from: place, to: Math.min(to, place + word.length), severity, message };
  }
  return { from: from + (text.length - text.trimStart().length), to, severity, message };
}
