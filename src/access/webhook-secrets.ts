// The secrets that sign webhooks, of each client by the name of its keys. Unlike keys they are kept as they are, since a
// signature needs them: one file for each name, which only its owner may read and which is replaced as a whole.

import { randomBytes } from 'node:crypto';
import { chown, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { KEY_NAME } from './key.ts';

const SECRET_PREFIX = 'whsec_';
/** Standard Webhooks allows 24 to 64. */
const SECRET_BYTES = 32;
/** The newest, and the one before while receivers change over. */
const MAX_SECRETS = 2;
/** No key name begins like this. */
const ANONYMOUS = '_anonymous';

const SecretFile = Type.Object(
  {
    secrets: Type.Array(
      Type.Object(
        {
          secret: Type.String({ pattern: `^${SECRET_PREFIX}[A-Za-z0-9+/]{32,88}={0,2}$` }),
          created_at: Type.String({ format: 'date-time' }),
          expires_at: Type.Optional(Type.String({ format: 'date-time' })),
        },
        { additionalProperties: false },
      ),
      { maxItems: MAX_SECRETS },
    ),
  },
  { additionalProperties: false },
);
type SecretEntry = Static<typeof SecretFile>['secrets'][number];

export interface WebhookSecret {
  readonly secret: string;
  /** When it stops being valid; `null` for never. */
  readonly expiresAtMs: number | null;
}

export interface WebhookSecrets {
  /** The valid secrets, the newest first. `keyName` is `null` for clients without a key. */
  find(keyName: string | null): Promise<readonly WebhookSecret[]>;
  /** Like `find`, and makes the first secret if there is none. */
  ensure(keyName: string | null): Promise<readonly WebhookSecret[]>;
  /** Makes a new secret. The one before stays valid for a while, and no other. */
  rotate(keyName: string | null, previousValidMs: number): Promise<readonly WebhookSecret[]>;
  remove(keyName: string | null): Promise<void>;
}

export function createWebhookSecrets(directory: string, now: () => number = Date.now): WebhookSecrets {
  const pathOf = (keyName: string | null) => join(directory, `${fileName(keyName)}.json`);
  const find = async (keyName: string | null) => validAt(await read(pathOf(keyName)), now());
  return {
    find,
    ensure: async (keyName) => {
      const found = await find(keyName);
      if (found.length > 0) return found;
      await makeDirectory(directory);
      await write(pathOf(keyName), [newEntry(now())], { isFirst: true });
      return find(keyName);
    },
    rotate: async (keyName, previousValidMs) => {
      const [newest] = (await read(pathOf(keyName))).filter((entry) => isValidAt(entry, now()));
      const expires_at = new Date(now() + previousValidMs).toISOString();
      const previous = newest && previousValidMs > 0 ? [{ ...newest, expires_at }] : [];
      await makeDirectory(directory);
      await write(pathOf(keyName), [newEntry(now()), ...previous], { isFirst: false });
      return find(keyName);
    },
    remove: (keyName) => rm(pathOf(keyName), { force: true }),
  };
}

/** Names of keys can be names of files: they have no slash and begin with a letter or digit. */
function fileName(keyName: string | null): string {
  if (keyName === null) return ANONYMOUS;
  if (new RegExp(`^${KEY_NAME}$`).test(keyName)) return keyName;
  throw new Error(`${JSON.stringify(keyName)} is not the name of a key`);
}

function newEntry(nowMs: number): SecretEntry {
  const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
  return { secret, created_at: new Date(nowMs).toISOString() };
}

function isValidAt({ expires_at }: SecretEntry, nowMs: number): boolean {
  return expires_at === undefined || Date.parse(expires_at) > nowMs;
}

function validAt(entries: readonly SecretEntry[], nowMs: number): WebhookSecret[] {
  return entries
    .filter((entry) => isValidAt(entry, nowMs))
    .map(({ secret, expires_at }) => ({
      secret,
      expiresAtMs: expires_at === undefined ? null : Date.parse(expires_at),
    }));
}

async function read(path: string): Promise<readonly SecretEntry[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new Error(`The webhook secrets in ${path} cannot be read: ${error.code}`, { cause: error });
  });
  if (text === null) return [];
  const value = parsed(text);
  if (Value.Check(SecretFile, value)) return value.secrets;
  // What is wrong with it is not said with its content.
  throw new Error(`The webhook secrets in ${path} are not valid: make new ones with npm run keys`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function makeDirectory(path: string): Promise<void> {
  const created = await mkdir(path, { recursive: true, mode: 0o700 });
  if (created !== undefined) await giveToOwnerOf(dirname(path), path);
}

/** The operator's command may run as root, and the service as another user. */
async function giveToOwnerOf(directory: string, path: string): Promise<void> {
  const { uid, gid } = await stat(directory);
  if (uid !== process.geteuid?.()) await chown(path, uid, gid);
}

/** `isFirst`: a file that someone else made meanwhile stays. */
async function write(
  path: string,
  secrets: readonly SecretEntry[],
  { isFirst }: { isFirst: boolean },
): Promise<void> {
  const newPath = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    {
      await using file = await open(newPath, 'wx', 0o600);
      await file.writeFile(`${JSON.stringify({ secrets }, null, 2)}\n`);
      await file.sync();
    }
    await giveToOwnerOf(dirname(path), newPath);
    if (!isFirst) return await rename(newPath, path);
    await link(newPath, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(newPath, { force: true });
  }
}
