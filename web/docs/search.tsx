// The search of the guide: in the browser, over parts of pages that are fetched when the field is first used.

import { useSignal } from '@preact/signals';
import MiniSearch from 'minisearch';
import { getJson } from '../shared/api.ts';

const MAX_RESULTS = 8;

interface Entry {
  readonly url: string;
  readonly page: string;
  readonly title: string;
  readonly text: string;
}

let index: Promise<MiniSearch<Entry>> | null = null;

function loadIndex(): Promise<MiniSearch<Entry>> {
  index ??= getJson<Entry[]>('/docs/search.json').then((entries) => {
    const search = new MiniSearch<Entry>({
      idField: 'url',
      fields: ['title', 'page', 'text'],
      storeFields: ['title', 'page', 'url'],
      searchOptions: { boost: { title: 3, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
    });
    search.addAll(entries);
    return search;
  });
  return index;
}

export function Search() {
  const query = useSignal('');
  const results = useSignal<readonly Entry[] | null>(null);
  const search = async (text: string) => {
    query.value = text;
    const found = text.trim() === '' ? null : (await loadIndex()).search(text).slice(0, MAX_RESULTS);
    if (query.value === text) results.value = found as readonly Entry[] | null;
  };
  return (
    <search class="search">
      <input
        type="search"
        aria-label="Search"
        placeholder="Search the documentation"
        value={query.value}
        onFocus={() => void loadIndex()}
        onInput={({ currentTarget: { value } }) => void search(value)}
        onKeyDown={({ key }) => {
          const [first] = results.value ?? [];
          if (key === 'Enter' && first) window.location.href = first.url;
          if (key === 'Escape') void search('');
        }}
      />
      {results.value !== null && (
        <ul class="search-results" aria-label="Results of the search">
          {results.value.length === 0 && <li class="muted">Nothing found.</li>}
          {results.value.map(({ url, title, page }) => (
            <li key={url}>
              <a href={url} onClick={() => void search('')}>
                {title} {title !== page && <span class="muted">{page}</span>}
              </a>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
}
