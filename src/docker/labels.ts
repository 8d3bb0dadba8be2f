// The labels by which containers and images of this service are found among all others of an engine.

import { IMAGE_LABELS } from './image-layout.ts';

const LABEL = 'code-execution-service';
const ROLE = `${LABEL}.role`;
export const HOME = `${LABEL}.home`;
export const INSTANCE = `${LABEL}.instance`;
const BOX = 'box';
/** Lists the containers that run programs. */
export const BOX_FILTERS = JSON.stringify({ label: [`${ROLE}=${BOX}`] });
/** Selects images of languages that have lost their name. */
export const NAMELESS_FILTERS = JSON.stringify({ dangling: ['true'], label: [IMAGE_LABELS.languages] });

/** `home` is shared by all services of one installation, `instance` belongs to one process. */
export function boxLabels(home: string, instance: string): Record<string, string> {
  return { [ROLE]: BOX, [HOME]: home, [INSTANCE]: instance };
}

/** Reads the labels that `boxLabels` wrote; a missing label is empty. */
export function readBoxLabels(labels: Readonly<Record<string, unknown>>): { home: string; instance: string } {
  return { home: String(labels[HOME] ?? ''), instance: String(labels[INSTANCE] ?? '') };
}
