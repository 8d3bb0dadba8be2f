// What a script adds to the documentation, which can be read without one: search, the theme, buttons to copy, tabs of
// languages, and "Try it" in the reference.

import '../shared/base.css';
import './docs.css';
import { render } from 'preact';
import { SiteLinks } from '../shared/site-links.tsx';
import { addCopyButtons, joinCodeTabs } from './code-blocks.ts';
import { Search } from './search.tsx';
import { TryIt } from './try-it.tsx';

function mount(id: string, content: preact.ComponentChild): void {
  const parent = document.getElementById(id);
  if (parent === null) return;
  parent.replaceChildren();
  render(content, parent);
}

/** On narrow screens the text comes first. */
if (window.matchMedia('(max-width: 899px)').matches)
  document.querySelector('.docs-nav details')?.removeAttribute('open');

mount('search', <Search />);
mount('site-links', <SiteLinks current="docs" />);
addCopyButtons();
joinCodeTabs();

for (const operation of document.querySelectorAll<HTMLElement>('.operation')) {
  const parent = document.createElement('div');
  operation.append(parent);
  const { method = 'GET', path = '', example = '' } = operation.dataset;
  render(<TryIt method={method} path={path} example={example} />, parent);
}
