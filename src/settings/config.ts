// Every setting of the service: its variable, default, allowed values and meaning, in one table. It reads an
// environment and knows nothing of the parts that use the settings.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { KIB, MIB } from '../units.ts';
import { ACCESS_SETTINGS } from './access-settings.ts';
import type { Setting } from './checked-setting.ts';
import { COMPAT_SETTINGS } from './compat-settings.ts';
import { GATEWAY_SETTINGS } from './gateway-settings.ts';
import { INTERACTIVE_SETTINGS } from './interactive-settings.ts';
import { keys } from './key-setting.ts';
import { NATIVE_SETTINGS } from './native-settings.ts';
import { OPERATION_SETTINGS } from './operation-settings.ts';
import { REDIS_SETTINGS } from './redis-settings.ts';
import {
  choice,
  decimal,
  directory,
  flag,
  integer,
  list,
  optionalPath,
  optionalText,
  optionalUrl,
  text,
  withoutCredentials,
} from './setting.ts';
import { STORE_SETTINGS } from './store-settings.ts';
import { VALIDATION_SETTINGS } from './validation-settings.ts';
import { WEBHOOK_SETTINGS } from './webhook-settings.ts';

export const SETTINGS = {
  host: text('HOST', {
    default: '127.0.0.1',
    pattern: /^[A-Za-z0-9.:-]{1,253}$/,
    allowed: 'an address or host name',
    meaning: 'Address to listen on. An address other than loopback requires keys or `ALLOW_ANONYMOUS=true`.',
  }),
  port: integer('PORT', 3004, 0, 65_535, 'Port to listen on; 0 chooses a free one.'),
  sandbox: choice('SANDBOX', 'auto', ['auto', 'docker', 'native'], {
    meaning:
      'Sandbox that runs programs. `auto` uses Docker if an engine responds, has images of languages and can make boxes in a container, else the native sandbox.',
  }),
  dockerHost: text('DOCKER_HOST', {
    default: 'unix:///var/run/docker.sock',
    pattern: /^(unix:\/\/\/\S{1,200}|(tcp|http):\/\/[A-Za-z0-9.:[\]-]{1,255}\/?)$/,
    allowed: 'unix:///PATH or tcp://HOST:PORT',
    meaning: 'Docker engine that runs the containers.',
  }),
  dockerRuntime: optionalText('DOCKER_RUNTIME', {
    pattern: /^[A-Za-z0-9_.-]{1,64}$/,
    allowed: "a runtime's name",
    meaning:
      "Runtime of the containers, by the engine's name for it: `runsc` for gVisor. If empty, the engine's default.",
  }),
  dockerBoxes: choice('DOCKER_BOXES', 'auto', ['auto', 'nested', 'container'], {
    meaning:
      'Boxes of the Docker sandbox: `nested` makes them in one container of each image, `container` takes a container for each submission, `auto` is `nested` where a trial at the start proves it.',
  }),
  dockerPoolSize: integer(
    'DOCKER_POOL_SIZE',
    4,
    0,
    128,
    'Containers kept ready for submissions, for all languages and limits together. Each uses about 16 MB of memory.',
  ),
  allowHostUsers: flag(
    'ALLOW_HOST_USERS',
    false,
    "Let a worker in a Kubernetes Pod make boxes although its root is the node's, as where `hostUsers: false` is not known.",
  ),
  ...NATIVE_SETTINGS,
  languages: list('LANGUAGES', {
    item: /^[A-Za-z0-9+#.-]{1,32}(@[0-9.]{1,16})?$/,
    allowed: 'a list of languages by their names in docs/languages.md',
    meaning:
      'Languages to offer, such as `python,c++`, and versions beside the usual one, such as `python@3.13`; the others are neither installed nor listed. If empty, the nine usual ones.',
  }),
  toolchains: choice('TOOLCHAINS', 'auto', ['auto', 'debian', 'host'], {
    meaning:
      'Source of compilers and runtimes: `debian` installs Debian packages in `DATA_DIR`, `host` uses this machine, `auto` prefers this machine.',
  }),
  dataDirectory: directory('DATA_DIR', './data', 'Where the service keeps data, relative to the project.'),
  debianMirror: optionalUrl(
    'DEBIAN_MIRROR',
    "Mirror for Debian packages. If empty, the mirror of the machine's apt.",
  ),
  installPackages: flag(
    'INSTALL_PACKAGES',
    true,
    'Whether to install missing Debian packages (make, libc6-dev, mount, mmdebstrap) on this machine with apt-get.',
  ),
  imageRepository: text('IMAGE_REPOSITORY', {
    default: 'code-execution-service',
    pattern: /^(?=.{1,200}$)[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*$/,
    allowed: 'the name of a repository of images, with its registry if it has one',
    meaning: "Prefix of the names of the Docker sandbox's images.",
  }),
  imageSource: choice('IMAGE_SOURCE', 'pull', ['pull', 'build'], {
    meaning:
      "Source of images for `POST /api/v1/admin/pull-images`: `pull` from their registry, or `build` from the project's recipes.",
  }),
  cpuLimit: decimal('CPU_LIMIT', 0.5, 0.05, 64, 'Cores that one program may use, averaged over a second.'),
  concurrency: integer(
    'CONCURRENCY',
    { text: 'number of cores', value: Math.min(availableParallelism(), 256) },
    1,
    256,
    'Number of programs that run at the same time.',
  ),
  queueSize: integer(
    'QUEUE_SIZE',
    256,
    0,
    100_000,
    'Executions that may wait; further ones get a 429. Users with less than their share may add a quarter more.',
  ),
  ...INTERACTIVE_SETTINGS,
  maxCodeLength: integer('MAX_CODE_LENGTH', 50_000, 1, 1_000_000, 'Most characters of `code`.'),
  maxTestCases: integer('MAX_TEST_CASES', 100, 1, 1000, 'Most test cases of one execution.'),
  maxBodyBytes: integer(
    'MAX_BODY_BYTES',
    16 * MIB,
    16 * KIB,
    256 * MIB,
    'Most bytes of a request body. The default is enough for the largest code and files, and 100 tests of 140 KB.',
  ),
  executionTimeoutSeconds: integer(
    'EXECUTION_TIMEOUT',
    30,
    1,
    300,
    'Seconds of wall-clock time that a program may take, whatever its `time_limit`. Waiting for a processor does not count.',
  ),
  artifactCacheMb: integer('ARTIFACT_CACHE_MB', 256, 0, 65_536, 'MB of compiled programs to cache.'),
  metricsEnabled: flag(
    'METRICS_ENABLED',
    true,
    'Whether to count executions for `/api/v1/metrics` and `/metrics`.',
  ),
  ...REDIS_SETTINGS,
  ...STORE_SETTINGS,
  ...VALIDATION_SETTINGS,
  ...COMPAT_SETTINGS,
  apiKeys: keys(
    'API_KEYS',
    'Keys that may use the API, in plain text or as `NAME:sha256:DIGEST`. If no keys are set anywhere, no key is required.',
  ),
  apiKeysFile: optionalPath(
    'API_KEYS_FILE',
    '`keys.json` in `DATA_DIR`',
    'File of further keys, which `npm run keys` maintains. Changes apply within two seconds.',
  ),
  adminApiKeys: keys(
    'ADMIN_API_KEY',
    'Key that may use every route; several while one replaces another. Without an administrator key, the routes of administration return 403.',
  ),
  allowAnonymous: flag('ALLOW_ANONYMOUS', false, 'Allow everyone to use the API of a public address.'),
  ...ACCESS_SETTINGS,
  ...WEBHOOK_SETTINGS,
  ...GATEWAY_SETTINGS,
  shutdownGraceSeconds: integer(
    'SHUTDOWN_GRACE_SECONDS',
    20,
    0,
    3600,
    'Seconds that running executions have to finish when the service stops.',
  ),
  ...OPERATION_SETTINGS,
} satisfies Record<string, Setting<unknown>>;

export type Config = {
  readonly [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
};

/** The settings do not allow a start. The message has one line for each problem. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Reads all settings; an empty variable counts as absent where that can be meant. Throws a `ConfigError` that names every problem. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values = Object.entries<Setting<unknown>>(SETTINGS).map(([key, setting]) => {
    const written = environment[setting.name]?.trim() ?? '';
    const isAbsent = environment[setting.name] === undefined || !setting.refusesEmpty;
    const value = written === '' && isAbsent ? setting.absent : setting.parse(written);
    if (value === undefined) problems.push(refusal(setting, written));
    return [key, value];
  });
  const config = Object.fromEntries(values) as Config;
  if (isOpenToStrangers(config)) {
    problems.push(
      `HOST is ${config.host}, which others may reach, and API_KEYS is not set, nor is there a file of keys: ` +
        'anyone could run programs. ' +
        'Set API_KEYS, or ALLOW_ANONYMOUS=true if that is what you want, or HOST=127.0.0.1',
    );
  }
  if (config.role !== 'all' && config.redisUrl === null && config.redisHost === null) {
    problems.push(`ROLE is ${config.role}, which needs the Redis that a fleet shares: set REDIS_URL`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function refusal(setting: Setting<unknown>, written: string): string {
  const shown = setting.secret
    ? 'a value that is not shown here'
    : JSON.stringify(withoutCredentials(written).slice(0, 100));
  const hint = setting.hint?.(written) ?? null;
  return `${setting.name} must be ${setting.allowed}, got ${shown}${hint === null ? '' : `; ${hint}`}`;
}

/** Where keys are kept that come and go. */
export function keyFilePath({
  apiKeysFile,
  dataDirectory,
}: Pick<Config, 'apiKeysFile' | 'dataDirectory'>): string {
  return apiKeysFile ?? join(dataDirectory, 'keys.json');
}

/** Where the secrets are kept that sign webhooks. */
export function webhookSecretsPath({
  webhookSecretsDirectory,
  dataDirectory,
}: Pick<Config, 'webhookSecretsDirectory' | 'dataDirectory'>): string {
  return webhookSecretsDirectory ?? join(dataDirectory, 'webhook-secrets');
}

/** Not asked of settings that are refused already: their values are `undefined`. */
function isOpenToStrangers(config: Config): boolean {
  const { host, role, apiKeys, apiKeysFile, allowAnonymous, dataDirectory }: Partial<Config> = config;
  if (role === 'worker') return false;
  const isLoopback = host === undefined || /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
  const hasKeyFile = apiKeysFile !== null || (dataDirectory !== undefined && existsSync(keyFilePath(config)));
  return !isLoopback && apiKeys?.length === 0 && !hasKeyFile && allowAnonymous === false;
}
