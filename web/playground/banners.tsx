// What the person should know of the page itself: a link that was opened, a key that is missing, a service that is away.

import { isStorageBlocked } from '../shared/browser-storage.ts';
import { forgetKey } from '../shared/key.ts';
import { KeyForm } from '../shared/key-form.tsx';
import { backToDraft, isKeyKept } from './commands.ts';
import { isFromLink } from './drafts.ts';
import { goOnWithKey, isKeyNeeded } from './run.ts';
import { start } from './start.ts';
import { connectionNotice, startNotice } from './start-notice.ts';

export function Banners() {
  return (
    <>
      {connectionNotice.value !== null && <p class="banner">{connectionNotice.value}</p>}
      {startNotice.value !== null && <p class="banner">{startNotice.value}</p>}
      {isFromLink.value && (
        <p class="banner">
          Opened from a link. It does not replace your draft.{' '}
          <button type="button" onClick={backToDraft}>
            Back to my draft
          </button>
        </p>
      )}
      {isStorageBlocked.value && <p class="banner">This browser does not let us keep drafts.</p>}
      {isKeyNeeded.value && (
        <div class="banner">
          <KeyForm reason="This service requires an API key." onEntered={entered} />
          {isKeyKept() && (
            <button type="button" onClick={forgetKey}>
              Forget the key
            </button>
          )}
        </div>
      )}
    </>
  );
}

function entered(): void {
  isKeyNeeded.value = false;
  void start().then(goOnWithKey);
}
