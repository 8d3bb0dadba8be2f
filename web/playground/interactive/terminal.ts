// The terminal, loaded when it is first shown.

import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Input, Screen } from './session.ts';

const SCROLLBACK_LINES = 5000;

export interface OpenTerminal extends Screen {
  close(): void;
}

export function openTerminal(
  parent: HTMLElement,
  nonce: string,
  onInput: (input: Input) => void,
): OpenTerminal {
  obeyPolicy(nonce);
  const terminal = new Terminal({
    fontFamily: variable('--mono'),
    fontSize: 13.5,
    scrollback: SCROLLBACK_LINES,
    screenReaderMode: true,
    minimumContrastRatio: 4.5,
    cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    theme: {
      background: colour(parent, '--bg'),
      foreground: colour(parent, '--text'),
      cursor: colour(parent, '--text'),
    },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(parent);
  fit.fit();
  terminal.onData((data) => onInput({ type: 'stdin', data }));
  terminal.onResize(({ cols, rows }) => onInput({ type: 'resize', columns: cols, rows }));
  const resized = new ResizeObserver(() => fit.fit());
  resized.observe(parent);
  return {
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    clear: () => terminal.reset(),
    write: (text) => terminal.write(text),
    focus: () => terminal.focus(),
    close: () => {
      resized.disconnect();
      terminal.dispose();
    },
  };
}

let isObeying = false;

/**
 * The terminal adds `<style>` elements without a nonce, and sets `style` attributes of its cells, both of which the page's
 * policy refuses. Styles get the nonce; attributes are set through the object model, which the policy allows.
 */
function obeyPolicy(nonce: string): void {
  if (isObeying) return;
  isObeying = true;
  const create = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
  HTMLSpanElement.prototype.setAttribute = function (name, value) {
    if (name === 'style') this.style.cssText = value;
    else Element.prototype.setAttribute.call(this, name, value);
  };
}

function variable(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/** A colour as the terminal reads it: `rgb(…)`, what the browser makes of the variable here. */
function colour(parent: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  const numbers = color.match(/\d+/g) ?? [];
  return `#${numbers
    .slice(0, 3)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')}`;
}
