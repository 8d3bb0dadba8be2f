// A button with a menu, as WAI-ARIA describes it: arrows move, Escape closes, the focus returns to the button.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

export interface MenuItem {
  readonly label: string;
  readonly onChoose: () => void;
}

interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
}

export function Menu({ label, items }: MenuProps) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const close = () => {
    isOpen.value = false;
    root.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!isOpen.value) return;
    itemsIn(root.current)[0]?.focus();
    const closeOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) isOpen.value = false;
    };
    document.addEventListener('pointerdown', closeOutside);
    return () => document.removeEventListener('pointerdown', closeOutside);
  }, [isOpen.value]);
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        {label} <span aria-hidden="true">▾</span>
      </button>
      {isOpen.value && (
        <div
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={(event) => moveIn(root.current, event, close)}
        >
          {items.map(({ label: text, onChoose }) => (
            <button
              type="button"
              role="menuitem"
              key={text}
              tabIndex={-1}
              onClick={() => {
                close();
                onChoose();
              }}
            >
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function itemsIn(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}

function moveIn(root: HTMLElement | null, event: KeyboardEvent, close: () => void): void {
  const items = itemsIn(root);
  const index = items.indexOf(document.activeElement as HTMLElement);
  const moves: Record<string, number> = {
    ArrowDown: (index + 1) % items.length,
    ArrowUp: (index + items.length - 1) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  if (event.key === 'Tab') close();
  else if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key in moves) {
    event.preventDefault();
    items[moves[event.key] ?? 0]?.focus();
  }
}
