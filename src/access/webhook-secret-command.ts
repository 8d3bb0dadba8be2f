// The operator's command for the secrets that sign webhooks: show those of a key name, or replace the one in use. A running
// service uses the new secret from its next delivery on.

import { parseArgs } from 'node:util';
import type { KeyCommandResult } from './command-result.ts';
import { KEY_NAME, KEY_NAME_FORM } from './key.ts';
import type { WebhookSecret, WebhookSecrets } from './webhook-secrets.ts';

export const WEBHOOK_SECRET_COMMAND = 'webhook-secret';
const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 24;
const MAX_HOURS = 720;

export const WEBHOOK_SECRET_USAGE = `npm run keys -- ${WEBHOOK_SECRET_COMMAND} [NAME] [--rotate] [--keep-hours N]`;

/** `args` are those behind the command's name. Rejects with an error that says what is wrong with them. */
export async function runWebhookSecretCommand(
  args: readonly string[],
  secrets: WebhookSecrets,
): Promise<KeyCommandResult> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { rotate: { type: 'boolean' }, 'keep-hours': { type: 'string' } },
    allowPositionals: true,
  });
  const [name = null, ...rest] = positionals;
  if (rest.length > 0)
    throw new Error(`There is one argument too many: ${rest.join(' ')}\n${WEBHOOK_SECRET_USAGE}`);
  if (name !== null && !new RegExp(`^${KEY_NAME}$`).test(name))
    throw new Error(`NAME must be ${KEY_NAME_FORM}, got ${JSON.stringify(name)}`);
  const hours = hoursIn(values['keep-hours'], values.rotate ?? false);
  const valid = values.rotate ? await secrets.rotate(name, hours * HOUR_MS) : await secrets.ensure(name);
  return { output: valid.map(({ secret }) => `${secret}\n`).join(''), notes: notesOn(name, valid) };
}

function hoursIn(written: string | undefined, isRotation: boolean): number {
  if (written === undefined) return DEFAULT_HOURS;
  if (!isRotation) throw new Error('--keep-hours needs --rotate');
  const hours = Number(written);
  if (/^\d{1,3}$/.test(written) && hours <= MAX_HOURS) return hours;
  throw new Error(`--keep-hours must be an integer from 0 to ${MAX_HOURS}, got ${JSON.stringify(written)}`);
}

function notesOn(name: string | null, [, previous]: readonly WebhookSecret[]): string {
  const whose = name === null ? 'clients without a key' : `the key ${name}`;
  const until = previous?.expiresAtMs ?? null;
  if (until === null) return `The secret that signs the webhooks of ${whose}:`;
  const both = 'Webhooks are signed with both secrets, the newest first; the other one is valid until';
  return `${both} ${new Date(until).toISOString()} (${whose}):`;
}
