// Blocks of code in the guide: a button that copies each, and blocks of several languages as tabs.

import { readStored, writeStored } from '../shared/browser-storage.ts';
import { copyText } from '../shared/clipboard.ts';

const COPIED_MS = 2000;

export function addCopyButtons(): void {
  for (const block of document.querySelectorAll<HTMLElement>('pre.code-block')) {
    if (block.dataset.language === 'text') continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'quiet copy';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      const isCopied = await copyText(block.textContent ?? '');
      button.textContent = isCopied ? 'Copied' : 'Not allowed';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, COPIED_MS);
    });
    const frame = document.createElement('div');
    frame.className = 'code-frame';
    block.replaceWith(frame);
    frame.append(block, button);
  }
}

/** The choice holds for the whole guide. */
export function joinCodeTabs(): void {
  const groups = [...document.querySelectorAll<HTMLElement>('.code-tabs')];
  const show = (name: string) => {
    for (const group of groups) showTab(group, name);
  };
  for (const group of groups) {
    const names = tabsOf(group).map(({ dataset }) => dataset.name ?? '');
    const list = document.createElement('div');
    list.className = 'tabs';
    list.setAttribute('role', 'group');
    list.setAttribute('aria-label', 'Language');
    for (const name of names) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = name;
      button.addEventListener('click', () => {
        writeStored('docs-language', name);
        show(name);
      });
      list.append(button);
    }
    group.prepend(list);
    showTab(group, names[0] ?? '');
  }
  show(readStored('docs-language') ?? 'curl');
}

function tabsOf(group: HTMLElement): HTMLElement[] {
  return [...group.querySelectorAll<HTMLElement>('.code-tab')];
}

/** Who reads one of them reads the other. */
const RELATED: Readonly<Record<string, string>> = { TypeScript: 'JavaScript', JavaScript: 'TypeScript' };

/** Leaves the group as it is if it has no tab of that name, or of a related language. */
function showTab(group: HTMLElement, chosen: string): void {
  const tabs = tabsOf(group);
  const name = [chosen, RELATED[chosen]].find((each) => tabs.some(({ dataset }) => dataset.name === each));
  if (name === undefined) return;
  for (const tab of tabs) tab.hidden = tab.dataset.name !== name;
  for (const button of group.querySelectorAll('.tabs button'))
    button.setAttribute('aria-pressed', String(button.textContent === name));
}
