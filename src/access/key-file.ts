// The key file: it holds digests, never the keys themselves. It is read and replaced as a whole, so a reader sees
// either the old content or the new one.

import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type ApiKey, KEY_NAME, KEY_NAME_FORM, SCOPES, type Scope } from './key.ts';

/** Each request's key is compared with all of them. */
const MAX_KEYS = 1000;
const MAX_LIMIT = 1_000_000_000;

const KeyEntry = Type.Object(
  {
    name: Type.String({ pattern: `^${KEY_NAME}$` }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    scopes: Type.Array(Type.Unsafe<Scope>({ type: 'string', enum: [...SCOPES] }), {
      minItems: 1,
      maxItems: 3,
    }),
    created_at: Type.Optional(Type.String({ format: 'date-time' })),
    expires_at: Type.Optional(Type.String({ format: 'date-time' })),
    requests_per_minute: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_LIMIT })),
    executions_per_day: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_LIMIT })),
  },
  { additionalProperties: false },
);
const KeyFile = Type.Object(
  { keys: Type.Array(KeyEntry, { maxItems: MAX_KEYS }) },
  { additionalProperties: false },
);

/** The patterns in words. */
const FORMS: Readonly<Record<string, string>> = {
  name: KEY_NAME_FORM,
  sha256: '64 hexadecimal digits in lower case',
};

/** One key as it is stored in the file. */
export type KeyEntry = Static<typeof KeyEntry>;

/** Resolves with `null` if the file does not exist. Rejects with an error that names the file and the field. */
export async function readKeyFile(path: string): Promise<readonly KeyEntry[] | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new Error(`The keys in ${path} cannot be read: ${error.code}`, { cause: error });
  });
  return text === null ? null : entriesOf(text, path);
}

/** Replaces the file. A new file is readable only by its owner, the user that runs the service. */
export async function writeKeyFile(path: string, keys: readonly KeyEntry[]): Promise<void> {
  if (keys.length > MAX_KEYS)
    throw new Error(`${path} may have at most ${MAX_KEYS} keys, got ${keys.length}`);
  const { uid, gid, mode } = await ownershipFor(path);
  const newPath = `${path}.new`;
  {
    await using file = await open(newPath, 'w', 0o600);
    if (uid !== process.geteuid?.()) await file.chown(uid, gid);
    await file.chmod(mode);
    await file.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`);
    await file.sync();
  }
  await rename(newPath, path);
}

async function ownershipFor(path: string) {
  const present = await stat(path).catch(() => null);
  if (present) return { uid: present.uid, gid: present.gid, mode: present.mode & 0o777 };
  await mkdir(dirname(path), { recursive: true });
  return { ...(await stat(dirname(path))), mode: 0o600 };
}

export function keyOfEntry(entry: KeyEntry): ApiKey {
  const { name, sha256, scopes, expires_at, requests_per_minute, executions_per_day } = entry;
  return {
    name,
    digest: Buffer.from(sha256, 'hex'),
    scopes,
    expiresAtMs: expires_at === undefined ? null : Date.parse(expires_at),
    ...(requests_per_minute !== undefined && { requestsPerMinute: requests_per_minute }),
    ...(executions_per_day !== undefined && { executionsPerDay: executions_per_day }),
  };
}

function entriesOf(text: string, path: string): readonly KeyEntry[] {
  const value = parsed(text, path);
  if (Value.Check(KeyFile, value)) return value.keys;
  const [error] = Value.Errors(KeyFile, value).filter(({ message }) => message !== 'schema is false');
  const field = error?.instancePath.slice(1).replaceAll('/', '.') || 'the file';
  const form = error?.keyword === 'pattern' ? FORMS[field.split('.').at(-1) ?? ''] : undefined;
  const message = form === undefined ? error?.message : `must be ${form}`;
  throw new Error(`The keys in ${path} are not valid: ${field} ${message}`);
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The keys in ${path} are not valid: the file is not JSON`, { cause: error });
  }
}
