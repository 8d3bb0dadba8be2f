// Sharing: makes the link, shows it, and says what is in it.

import { signal, useSignal, useSignalEffect } from '@preact/signals';
import { copyText } from '../../shared/clipboard.ts';
import { Dialog } from '../../shared/dialog.tsx';
import { download } from '../../shared/download.ts';
import { formatCount } from '../../shared/format.ts';
import { announce } from '../announcements.tsx';
import { currentDraft, tests } from '../draft.ts';
import { fragmentOf, LONG_LINK } from '../share.ts';

export const isSharing = signal(false);

export function ShareDialog() {
  return isSharing.value ? <OpenShareDialog /> : null;
}

function OpenShareDialog() {
  const withHidden = useSignal(false);
  const link = useSignal('');
  const copied = useSignal(false);
  const hiddenCount = tests.value.filter(({ isHidden }) => isHidden).length;
  useSignalEffect(() => {
    const options = { withHidden: withHidden.value };
    copied.value = false;
    void fragmentOf(currentDraft(), options).then((fragment) => {
      window.history.replaceState(null, '', fragment);
      link.value = window.location.href;
    });
  });
  const copy = async () => {
    copied.value = await copyText(link.value);
    announce(
      copied.value ? 'Link copied' : 'The browser does not let us copy; copy the link from the field.',
    );
  };
  return (
    <Dialog
      title="Share"
      onClose={() => {
        isSharing.value = false;
      }}
    >
      <div class="form">
        <p>The whole program is in the link. Nothing is stored on the service.</p>
        <label>
          Link
          <input readOnly value={link.value} onFocus={({ currentTarget }) => currentTarget.select()} />
        </label>
        {hiddenCount > 0 && (
          <label class="check">
            <input
              type="checkbox"
              checked={withHidden.value}
              onChange={({ currentTarget: { checked } }) => {
                withHidden.value = checked;
              }}
            />
            Include {formatCount(hiddenCount)} hidden {hiddenCount === 1 ? 'test' : 'tests'}: whoever has the
            link can read them
          </label>
        )}
        {link.value.length > LONG_LINK && (
          <p class="problem">
            This link has {formatCount(link.value.length)} characters; some chats cut it. A file is safer.
          </p>
        )}
        <p class="actions">
          <button type="button" class="primary" onClick={() => void copy()}>
            {copied.value ? 'Copied' : 'Copy link'}
          </button>
          {link.value.length > LONG_LINK && (
            <button
              type="button"
              onClick={() => download('program.json', JSON.stringify(currentDraft(), null, 2))}
            >
              Download
            </button>
          )}
        </p>
      </div>
    </Dialog>
  );
}
