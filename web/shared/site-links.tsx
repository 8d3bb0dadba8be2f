// The links between the pages, and the choice of the theme.

import { ThemeChoice } from './theme.tsx';

const PAGES = [
  { id: 'playground', label: 'Playground', url: '/' },
  { id: 'docs', label: 'Docs', url: '/docs' },
  { id: 'dashboard', label: 'Dashboard', url: '/dashboard' },
] as const;

export function SiteLinks({ current }: { current: (typeof PAGES)[number]['id'] }) {
  return (
    <nav class="site-links" aria-label="Pages">
      {PAGES.filter(({ id }) => id !== current).map(({ id, label, url }) => (
        <a key={id} href={url}>
          {label}
        </a>
      ))}
      <ThemeChoice />
    </nav>
  );
}
