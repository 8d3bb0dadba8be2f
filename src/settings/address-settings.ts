// Settings that are lists of addresses: trusted proxies, and origins of pages that may call the API.

import { isIP } from 'node:net';
import { Type } from 'typebox';
import { format, itemsIn, type Setting, setting } from './checked-setting.ts';
import { withoutCredentials } from './setting.ts';

const PROXY = format('proxy', isProxy);
const ORIGIN = format('origin', isOrigin);

export function trustedProxies(name: string, meaning: string): Setting<readonly string[]> {
  return setting<readonly string[]>({
    name,
    schema: Type.Array(PROXY),
    defaultText: 'none',
    allowed:
      'addresses, with /BITS for networks, or `loopback`, `linklocal`, `uniquelocal`, separated by commas',
    meaning,
    absent: [],
    read: itemsIn,
  });
}

function isProxy(written: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(written)) return true;
  const [address = '', bits] = written.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

export function origins(name: string, meaning: string): Setting<readonly string[]> {
  return setting<readonly string[]>({
    name,
    schema: Type.Array(ORIGIN),
    defaultText: 'none',
    allowed: 'origins such as `https://app.example.org`, separated by commas, or `*`',
    meaning,
    absent: [],
    read: itemsIn,
    hint: (written) => originHint(itemsIn(written).find((part) => !isOrigin(part)) ?? ''),
  });
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
