// Settings that are lists of addresses: trusted proxies, and origins of pages that may call the API.

import { isIP } from 'node:net';
import { type Setting, withoutCredentials } from './setting.ts';

export function trustedProxies(name: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    defaultText: 'none',
    allowed:
      'addresses, with /BITS for networks, or `loopback`, `linklocal`, `uniquelocal`, separated by commas',
    meaning,
    absent: [],
    parse: (written) => {
      const parts = written.split(',').map((part) => part.trim());
      return parts.every(isProxy) ? parts : undefined;
    },
  };
}

function isProxy(written: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(written)) return true;
  const [address = '', bits] = written.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

export function origins(name: string, meaning: string): Setting<readonly string[]> {
  return {
    name,
    defaultText: 'none',
    allowed: 'origins such as `https://app.example.org`, separated by commas, or `*`',
    meaning,
    absent: [],
    parse: (written) => {
      const parts = written.split(',').map((part) => part.trim());
      return parts.every(isOrigin) ? parts : undefined;
    },
    hint: (written) => {
      const wrong =
        written
          .split(',')
          .map((part) => part.trim())
          .find((part) => !isOrigin(part)) ?? '';
      return originHint(wrong);
    },
  };
}

function isOrigin(written: string): boolean {
  return written === '*' || (/^https?:\/\//.test(written) && URL.parse(written)?.origin === written);
}

/** What keeps a text from being an origin, as browsers write it. */
function originHint(written: string): string {
  const url = URL.parse(written);
  const shown = JSON.stringify(withoutCredentials(written).slice(0, 100));
  if (url === null || !/^https?:$/.test(url.protocol))
    return `${shown} does not begin with http:// or https://`;
  const extra =
    written.endsWith('/') && url.pathname === '/' ? 'without the "/" at its end' : 'as browsers send it';
  return `write ${shown} ${extra}: ${url.origin}`;
}
