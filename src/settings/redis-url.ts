// Reads REDIS_URL: one server, the sentinels of one, or nodes of a cluster, with TLS, a user, a password and a database.

/** Where Redis is, and as whom to use it. */
export interface RedisAddress {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The server, the sentinels, or some nodes of the cluster. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly isEncrypted: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** The name by which sentinels know the server. */
  readonly name: string | null;
  readonly database: number;
}

const URL_PATTERN =
  /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?#\s]{0,1024})@)?([^@/?#\s]{1,2048})(?:\/([^/?#\s]{0,128}))?$/i;
const PORTS = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;
const MAX_NODES = 32;
const MAX_DATABASE = 15_999;

/** `undefined` for what is no such address. */
export function parseRedisUrl(written: string): RedisAddress | undefined {
  const [, encrypted = '', mode, credentials = '', hosts = '', path = ''] = URL_PATTERN.exec(written) ?? [];
  if (hosts === '') return undefined;
  const kind = (mode?.toLowerCase() ?? 'single') as RedisAddress['kind'];
  const nodes = hosts.split(',').map((host) => parseNode(host, PORTS[kind]));
  if (nodes.length > (kind === 'single' ? 1 : MAX_NODES)) return undefined;
  const colon = credentials.indexOf(':');
  const [username, password] = [
    colon < 0 ? credentials : credentials.slice(0, colon),
    colon < 0 ? '' : credentials.slice(colon + 1),
  ].map(decoded);
  const isNamed = kind === 'sentinel';
  const database = isNamed || path === '' ? 0 : Number(/^\d{1,5}$/.exec(path)?.[0] ?? Number.NaN);
  const isWrong =
    nodes.includes(null) ||
    username === null ||
    password === null ||
    isNamed !== (isNamed && path !== '') ||
    !(database <= MAX_DATABASE) ||
    (kind === 'cluster' && database !== 0);
  if (isWrong) return undefined;
  return {
    kind,
    nodes: nodes as RedisAddress['nodes'],
    isEncrypted: encrypted !== '',
    username: username || null,
    password: password || null,
    name: isNamed ? decoded(path) : null,
    database,
  };
}

function parseNode(written: string, usualPort: number): RedisAddress['nodes'][number] | null {
  const [, v6, name, port] =
    /^(?:\[([0-9a-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?$/i.exec(written) ?? [];
  const host = v6 ?? name;
  const number = port === undefined ? usualPort : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? null : { host, port: number };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
