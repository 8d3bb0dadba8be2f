// "Copy as": copies the request as a program, and shows what was copied.

import { signal } from '@preact/signals';
import { copyText } from '../../shared/clipboard.ts';
import { Dialog } from '../../shared/dialog.tsx';
import { apiKey } from '../../shared/key.ts';
import { announce } from '../announcements.tsx';
import { codeFor, type Form } from '../copy-as.ts';
import { currentDraft } from '../draft.ts';
import { requestOf } from '../request.ts';

const shown = signal<{ form: Form; code: string; isCopied: boolean } | null>(null);

export async function copyAs(form: Form): Promise<void> {
  const code = codeFor(form, requestOf(currentDraft()), window.location.origin, apiKey.value !== '');
  const isCopied = await copyText(code);
  if (isCopied) announce(`Copied as ${form}`);
  shown.value = { form, code, isCopied };
}

export function CopiedCode() {
  if (shown.value === null) return null;
  const { form, code, isCopied } = shown.value;
  return (
    <Dialog
      title={isCopied ? `Copied as ${form}` : `As ${form}`}
      onClose={() => {
        shown.value = null;
      }}
    >
      {!isCopied && <p>The browser does not let us copy; copy it from here.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre class="code-block" tabIndex={0}>
        {code}
      </pre>
    </Dialog>
  );
}
