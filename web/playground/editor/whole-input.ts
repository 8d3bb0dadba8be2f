// Text that replaces a selection, or has several characters, is put in by the editor itself. Browsers would merge lines
// by inline styles, which the page's policy forbids.

import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

export const wholeInput: Extension = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const range = rangeOf(event, view);
    if (event.inputType !== 'insertText' || !event.data || !range || view.composing) return false;
    const from = view.posAtDOM(range.startContainer, range.startOffset);
    const to = view.posAtDOM(range.endContainer, range.endOffset);
    if (from === to && event.data.length === 1) return false;
    event.preventDefault();
    insert(view, Math.min(from, to), Math.max(from, to), event.data);
    return true;
  },
});

/** Commands of scripts have no target but the selection, which the editor does not know of yet. */
function rangeOf(event: InputEvent, { root }: EditorView): StaticRange | Range | null {
  const [target] = event.getTargetRanges();
  const selection = (root as Document).getSelection?.() ?? null;
  return target ?? (selection !== null && selection.rangeCount > 0 ? selection.getRangeAt(0) : null);
}

/** As typing does, with what other parts make of a typed character, such as brackets in pairs. */
function insert(view: EditorView, from: number, to: number, text: string): void {
  const insertion = () => {
    const content = view.state.toText(text);
    return view.state.update({
      changes: { from, to, insert: content },
      selection: { anchor: from + content.length },
      userEvent: 'input.type',
      scrollIntoView: true,
    });
  };
  const isTaken =
    text.length === 1 &&
    view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insertion));
  if (!isTaken) view.dispatch(insertion());
}
