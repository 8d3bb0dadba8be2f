// What could not be done at the start, in sentences for the banner.

import { signal } from '@preact/signals';

/** The service cannot be reached. */
export const connectionNotice = signal<string | null>(null);
/** A link could not be opened. */
export const startNotice = signal<string | null>(null);
