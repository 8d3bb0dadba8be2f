// What Run and Cancel mean: the tests or the input, or the terminal while it is shown.

import { computed } from '@preact/signals';
import { endTalk, isTalking, startTalk } from './interactive/session.ts';
import { cancelRun, startRun } from './run.ts';
import { isActive } from './run-state.ts';
import { sideTab, view } from './view.ts';

export const isAnyActive = computed(() => isActive.value || isTalking.value);

export function runAny(): void {
  if (sideTab.value !== 'interactive') {
    void startRun();
    return;
  }
  view.value = 'side';
  startTalk();
}

export function cancelAny(): void {
  if (isTalking.value) endTalk();
  else void cancelRun();
}
