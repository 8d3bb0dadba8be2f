// The settings of webhooks, and the grammar of what WEBHOOK_ALLOW names. They are part of the table in config.ts.

import { isIP } from 'node:net';
import { Type } from 'typebox';
import { format, itemsIn, type Setting, setting } from './checked-setting.ts';
import { optionalPath } from './setting.ts';

const RECEIVER = format('webhook-receiver', (written) => parseAllowance(written) !== null);

/** One item of WEBHOOK_ALLOW. Exactly one of `host`, `network` and `anyPublic` is set. */
export interface WebhookAllowance {
  /** A host name in lower case, whatever it resolves to. */
  readonly host?: string;
  readonly network?: { readonly address: string; readonly bits: number };
  /** `*`: every public address. */
  readonly anyPublic?: true;
  /** `null`: the ports that are usual for webhooks. */
  readonly port: number | null;
}

export const WEBHOOK_SETTINGS = {
  webhookAllow: webhookAllowances(
    'WEBHOOK_ALLOW',
    'Receivers of webhooks that are allowed although their address is not public or their port is unusual: hosts, addresses and networks, each with `:PORT` for one port only, and `*:PORT` for a port of every public address. If empty, webhooks are sent to public addresses only.',
  ),
  webhookSecretsDirectory: optionalPath(
    'WEBHOOK_SECRETS_DIR',
    '`webhook-secrets` in `DATA_DIR`',
    'Directory of the secrets that sign webhooks, one file for each key name, which `npm run keys` maintains.',
  ),
};

/** Reads one item; `null` if it is none. */
export function parseAllowance(written: string): WebhookAllowance | null {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(written) ?? [];
  const [, plain, plainPort] = /^([^:[\]]+)(?::(\d{1,5}))?$/.exec(written) ?? [];
  const subject = bracketed ?? plain ?? written;
  const port = portOf(bracketedPort ?? plainPort);
  if (port === undefined) return null;
  if (subject === '*') return port === null ? null : { anyPublic: true, port };
  const network = networkOf(subject);
  if (network !== null) return { network, port };
  return isHostName(subject) ? { host: subject.toLowerCase().replace(/\.$/, ''), port } : null;
}

/** `undefined` for a number that is no port. */
function portOf(digits: string | undefined): number | null | undefined {
  if (digits === undefined) return null;
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function networkOf(subject: string) {
  const [address = '', bits, ...rest] = subject.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  if (most === undefined || rest.length > 0 || address.includes('%')) return null;
  if (bits === undefined) return { address, bits: most };
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? { address, bits: Number(bits) } : null;
}

/** A name whose last label has a letter: without one it would be an address that is written wrongly. */
function isHostName(subject: string): boolean {
  return /^(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)*(?=[0-9_-]*[a-z])[a-z0-9_-]{1,63}\.?$/i.test(subject);
}

function webhookAllowances(name: string, meaning: string): Setting<readonly string[]> {
  return setting<readonly string[]>({
    name,
    schema: Type.Array(RECEIVER),
    defaultText: 'none',
    allowed:
      'hosts, addresses, networks such as `10.0.0.0/8` or `fd00::/8`, with a port `10.0.0.5:8080` or `[fd00::/8]:8080`, or `*:PORT`, separated by commas',
    meaning,
    absent: [],
    read: itemsIn,
    hint: (written) => {
      const wrong = itemsIn(written).find((item) => parseAllowance(item) === null) ?? '';
      if (wrong.includes('://'))
        return `${JSON.stringify(wrong.slice(0, 100))} is a URL: write its host only`;
      if (wrong === '*') return '`*` needs a port, such as `*:8443`';
      return `${JSON.stringify(wrong.slice(0, 100))} is none of these`;
    },
  });
}
