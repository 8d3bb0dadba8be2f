// Where Debian packages come from: the setting, else what this machine's own apt uses when it is a Debian. The suites
// are those of the root that is made, whatever the machine runs.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '../languages/language.ts';

export type DebianRelease = 'bookworm' | NonNullable<Language['debianRelease']>;

export interface DebianMirror {
  readonly main: string;
  readonly security: string;
}

/** Debian's own names, which any machine can reach that has packages from Debian at all. */
export const STOCK_MIRROR: DebianMirror = {
  main: 'http://deb.debian.org/debian',
  security: 'http://deb.debian.org/debian-security',
};
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * `setting` names the main archive. Security updates are expected beside it, as on every full mirror, where nothing
 * else is known. Throws an Error that names the setting when there is no mirror.
 */
export async function findDebianMirror(
  setting: string | undefined,
  aptDirectory = '/etc/apt',
): Promise<DebianMirror> {
  if (setting) return withSecurity(setting);
  const entries = await readSources(aptDirectory);
  const main = entries.find(({ uri, suites }) => /\/debian\/?$/.test(uri) && suites.some(isMainSuite));
  const security = entries.find(({ suites }) =>
    suites.some((suite) => /^[a-z]+-security$|\/updates$/.test(suite)),
  );
  if (main === undefined)
    throw new Error(
      'this machine has no sources of Debian packages: set DEBIAN_MIRROR to a mirror of Debian',
    );
  return withSecurity(main.uri, security?.uri);
}

function withSecurity(main: string, security?: string): DebianMirror {
  const place = main.replace(/\/+$/, '');
  return {
    main: place,
    security: security?.replace(/\/+$/, '') ?? place.replace(/(-security)?$/, '-security'),
  };
}

/** The sources of the root that is made. */
export function sourcesList({ main, security }: DebianMirror, release: DebianRelease = 'bookworm'): string {
  const lines = [
    `${main} ${release}`,
    `${main} ${release}-updates`,
    `${security} ${release}-security`,
    ...(release === 'bookworm' ? [`${main} ${release}-backports`] : []),
  ];
  return lines.map((line) => `deb [signed-by=${KEYRING}] ${line} main\n`).join('');
}

interface SourceEntry {
  readonly uri: string;
  readonly suites: readonly string[];
}

/** Releases whose mirrors carry bookworm too. */
function isMainSuite(suite: string): boolean {
  return [
    'bullseye',
    'bookworm',
    'trixie',
    'forky',
    'sid',
    'oldstable',
    'stable',
    'testing',
    'unstable',
  ].includes(suite);
}

async function readSources(aptDirectory: string): Promise<SourceEntry[]> {
  const parts = join(aptDirectory, 'sources.list.d');
  const names = (await readdir(parts).catch(() => [])).sort();
  const files = [join(aptDirectory, 'sources.list'), ...names.map((name) => join(parts, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text, index) =>
    files[index]?.endsWith('.sources') ? readDeb822(text) : readOneLine(text),
  );
}

/** `deb [options] URI suite components`, one a line. */
function readOneLine(text: string): SourceEntry[] {
  const lines = [...text.matchAll(/^\s*deb\s+(?:\[[^\]]*\]\s+)?(https?:\S+)\s+(\S+)/gm)];
  return lines.map(([, uri = '', suite = '']) => ({ uri, suites: [suite] }));
}

/** Stanzas of `Field: value`, an empty line between them. */
function readDeb822(text: string): SourceEntry[] {
  const stanzas = text.replace(/^#.*\n/gm, '').split(/\n\s*\n/);
  return stanzas.flatMap((stanza) => {
    const field = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    const isUsed = field('Types').includes('deb') && !field('Enabled').includes('no');
    const uris = field('URIs').filter((uri) => /^https?:/.test(uri));
    return isUsed ? uris.map((uri) => ({ uri, suites: field('Suites') })) : [];
  });
}
