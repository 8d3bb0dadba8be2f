// The theme: that of the system, light, or dark. `data-theme` on the document decides; the styles do the rest.

import { effect, signal } from '@preact/signals';
import { readStored, writeStored } from './browser-storage.ts';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const LABELS: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' };

const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
const isSystemDark = signal(systemDark.matches);
systemDark.addEventListener('change', ({ matches }) => {
  isSystemDark.value = matches;
});

const stored = THEMES.find((theme) => theme === readStored('theme'));
const chosen = signal<Theme>(stored ?? 'system');
const isDark = signal(false);

effect(() => {
  isDark.value = chosen.value === 'dark' || (chosen.value === 'system' && isSystemDark.value);
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light';
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
