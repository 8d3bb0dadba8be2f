// The theme: that of the system, light, or dark. Without `data-theme` on the document, the system's holds.

import { effect, signal } from '@preact/signals';
import { readStored, writeStored } from './browser-storage.ts';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const LABELS: Record<Theme, string> = { system: 'Auto', light: 'Light', dark: 'Dark' };

const stored = THEMES.find((theme) => theme === readStored('theme'));
const chosen = signal<Theme>(stored ?? 'system');
effect(() => {
  if (chosen.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen.value;
});

export function ThemeChoice() {
  return (
    <select
      aria-label="Theme"
      class="theme"
      value={chosen.value}
      onChange={({ currentTarget: { value } }) => {
        chosen.value = value as Theme;
        writeStored('theme', value);
      }}
    >
      {THEMES.map((theme) => (
        <option key={theme} value={theme}>
          {LABELS[theme]}
        </option>
      ))}
    </select>
  );
}
