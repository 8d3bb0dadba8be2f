// The operator's commands for the key file: make, list and revoke keys. A running service picks up each change by
// itself. A key is shown once, when it is made; only its digest is stored.

import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { KeyCommandResult } from './command-result.ts';
import { digestOf, KEY_NAME, KEY_NAME_FORM, ORDINARY_SCOPES, SCOPES, type Scope } from './key.ts';
import { type KeyEntry, readKeyFile, writeKeyFile } from './key-file.ts';
import { WEBHOOK_SECRET_USAGE } from './webhook-secret-command.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

const KEY_BYTES = 32;
/** A prefix by which secret scanners and people recognise a key. */
const KEY_PREFIX = 'ces_';
/** Digits of the digest that distinguish keys of the same name. */
const ID_DIGITS = 8;
const DAY_MS = 86_400_000;
const MAX_DAYS = 36_500;

const KEYS_USAGE = `npm run keys -- make NAME [--scopes execute,metrics,admin] [--days N]
                         [--requests-per-minute N] [--executions-per-day N]
npm run keys -- list
npm run keys -- revoke NAME|ID
${WEBHOOK_SECRET_USAGE}`;

const OPTIONS = {
  scopes: { type: 'string' },
  days: { type: 'string' },
  'requests-per-minute': { type: 'string' },
  'executions-per-day': { type: 'string' },
} as const;

export interface KeyCommandOptions {
  readonly now?: () => number;
  /** Loses the secrets of a name whose last key is revoked, so that another client of that name gets new ones. */
  readonly webhookSecrets?: Pick<WebhookSecrets, 'remove'>;
}

/** Runs one command on the file. Rejects with an error that says what is wrong with the arguments. */
export async function runKeyCommand(
  args: readonly string[],
  path: string,
  { now = Date.now, webhookSecrets }: KeyCommandOptions = {},
): Promise<KeyCommandResult> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [command, subject, ...rest] = positionals;
  if (rest.length > 0) throw new Error(`There is one argument too many: ${rest.join(' ')}\n${KEYS_USAGE}`);
  const entries = await readKeyFile(path);
  if (command === 'make' && subject) return make(path, entries, entryFor(subject, values, now()));
  if (command === 'list' && !subject) return list(path, entries ?? [], now());
  if (command === 'revoke' && subject) return revoke(path, entries ?? [], subject, webhookSecrets);
  throw new Error(`Give a command:\n${KEYS_USAGE}`);
}

async function make(
  path: string,
  entries: readonly KeyEntry[] | null,
  entry: Omit<KeyEntry, 'sha256'>,
): Promise<KeyCommandResult> {
  const key = KEY_PREFIX + randomBytes(KEY_BYTES).toString('base64url');
  const made = { ...entry, sha256: digestOf(key).toString('hex') };
  await writeKeyFile(path, [...(entries ?? []), made]);
  const until = made.expires_at ? `until ${made.expires_at}` : 'until it is revoked';
  const others = (entries ?? []).filter(({ name }) => name === made.name).map(idOf);
  const notes = [
    `The key ${made.name} (${idOf(made)}) allows ${made.scopes.join(', ')} ${until}. It is not shown again:`,
    ...(entries === null ? ['From now on the service requires a key.'] : []),
    ...(others.length > 0 ? [`Of the same name, and still accepted: ${others.join(', ')}.`] : []),
  ];
  return { output: `${key}\n`, notes: notes.reverse().join('\n') };
}

function list(path: string, entries: readonly KeyEntry[], nowMs: number): KeyCommandResult {
  const rows = entries.map((entry) => [
    idOf(entry),
    entry.name,
    entry.scopes.join(','),
    entry.created_at ?? '-',
    expiryOf(entry, nowMs),
    limitsOf(entry),
  ]);
  const table = [['ID', 'NAME', 'SCOPES', 'MADE', 'EXPIRES', 'LIMITS'], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return {
    output: lines.map((line) => `${line.trimEnd()}\n`).join(''),
    notes: `${entries.length} keys in ${path}`,
  };
}

async function revoke(
  path: string,
  entries: readonly KeyEntry[],
  subject: string,
  webhookSecrets: KeyCommandOptions['webhookSecrets'],
): Promise<KeyCommandResult> {
  const revoked = entries.filter((entry) => entry.name === subject || idOf(entry) === subject);
  if (revoked.length === 0) throw new Error(`There is no key ${JSON.stringify(subject)}, by name or ID`);
  const left = entries.filter((entry) => !revoked.includes(entry));
  await writeKeyFile(path, left);
  const gone = new Set(
    revoked.map(({ name }) => name).filter((name) => !left.some((key) => key.name === name)),
  );
  for (const name of gone) await webhookSecrets?.remove(name);
  return {
    output: '',
    notes: `Revoked ${revoked.map((entry) => `${entry.name} (${idOf(entry)})`).join(', ')}`,
  };
}

function entryFor(
  name: string,
  values: { [K in keyof typeof OPTIONS]?: string | undefined },
  nowMs: number,
): Omit<KeyEntry, 'sha256'> {
  if (!new RegExp(`^${KEY_NAME}$`).test(name)) {
    throw new Error(`NAME must be ${KEY_NAME_FORM}, got ${JSON.stringify(name)}`);
  }
  const days = numberIn(values, 'days', 1, MAX_DAYS);
  const perMinute = numberIn(values, 'requests-per-minute', 0, 1e9);
  const perDay = numberIn(values, 'executions-per-day', 0, 1e9);
  return {
    name,
    scopes: scopesIn(values.scopes),
    created_at: new Date(nowMs).toISOString(),
    ...(days !== undefined && { expires_at: new Date(nowMs + days * DAY_MS).toISOString() }),
    ...(perMinute !== undefined && { requests_per_minute: perMinute }),
    ...(perDay !== undefined && { executions_per_day: perDay }),
  };
}

function scopesIn(written: string | undefined): Scope[] {
  if (written === undefined) return [...ORDINARY_SCOPES];
  const words = written.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !SCOPES.some((scope) => scope === word));
  if (unknown === undefined) return SCOPES.filter((scope) => words.includes(scope));
  throw new Error(`--scopes must be a list of ${SCOPES.join(', ')}, got ${JSON.stringify(unknown)}`);
}

function numberIn<K extends string>(
  values: { [key in K]?: string | undefined },
  name: K,
  minimum: number,
  maximum: number,
): number | undefined {
  const written = values[name];
  if (written === undefined) return undefined;
  const value = Number(written);
  if (/^\d+$/.test(written) && value >= minimum && value <= maximum) return value;
  throw new Error(
    `--${name} must be an integer from ${minimum} to ${maximum}, got ${JSON.stringify(written)}`,
  );
}

function idOf({ sha256 }: KeyEntry): string {
  return sha256.slice(0, ID_DIGITS);
}

function expiryOf({ expires_at }: KeyEntry, nowMs: number): string {
  if (expires_at === undefined) return 'never';
  return Date.parse(expires_at) <= nowMs ? `${expires_at} (expired)` : expires_at;
}

function limitsOf({ requests_per_minute, executions_per_day }: KeyEntry): string {
  const limits = [
    ...(requests_per_minute === undefined ? [] : [`${requests_per_minute}/minute`]),
    ...(executions_per_day === undefined ? [] : [`${executions_per_day}/day`]),
  ];
  return limits.join(', ') || '-';
}
