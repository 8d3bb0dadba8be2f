// The bar between editor and results: dragged, or moved with arrow keys.

import { effect, signal } from '@preact/signals';
import { readStored, writeStored } from '../shared/browser-storage.ts';

const MIN_PERCENT = 25;
const MAX_PERCENT = 75;
const STEP = 2;

const percent = signal(clamp(Number(readStored('split') ?? 50)));

effect(() => document.documentElement.style.setProperty('--split', `${percent.value}%`));

export function Splitter() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is a control, which <hr> is not
    <div
      class="splitter"
      role="separator"
      aria-label="Width of the editor"
      aria-orientation="vertical"
      aria-valuemin={MIN_PERCENT}
      aria-valuemax={MAX_PERCENT}
      aria-valuenow={Math.round(percent.value)}
      tabIndex={0}
      onKeyDown={({ key }) => {
        if (key === 'ArrowLeft') set(percent.value - STEP);
        if (key === 'ArrowRight') set(percent.value + STEP);
      }}
      onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
      onPointerMove={({ currentTarget, pointerId, clientX }) => {
        if (currentTarget.hasPointerCapture(pointerId)) set((clientX / window.innerWidth) * 100);
      }}
    />
  );
}

function set(next: number): void {
  percent.value = clamp(next);
  writeStored('split', String(Math.round(percent.value)));
}

function clamp(value: number): number {
  return Number.isFinite(value) ? Math.min(MAX_PERCENT, Math.max(MIN_PERCENT, value)) : 50;
}
