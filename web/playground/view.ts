// Which part of the page is shown: one of three on narrow screens, and which tab of the side pane everywhere.

import { signal } from '@preact/signals';

export type View = 'code' | 'side' | 'results';
export type SideTab = 'tests' | 'input' | 'limits' | 'interactive';

/** On narrow screens only; wide ones show all three. */
export const view = signal<View>('code');
export const sideTab = signal<SideTab>('tests');
