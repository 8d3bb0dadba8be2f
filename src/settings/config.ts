// Every setting of the service: its variable, default, allowed values and meaning, in one table. It reads an
// environment and knows nothing of the parts that the settings are for.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { COMPLEXITY_LIMITS } from '../limits.ts';
import { PRESET_NAMES } from '../validation/presets.ts';
import { ACCESS_SETTINGS } from './access-settings.ts';
import { GATEWAY_SETTINGS } from './gateway-settings.ts';
import { keys } from './key-setting.ts';
import { OPERATION_SETTINGS } from './operation-settings.ts';
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
  type Setting,
  text,
  withoutCredentials,
} from './setting.ts';

export const SETTINGS = {
  host: text('HOST', {
    default: '127.0.0.1',
    pattern: /^[A-Za-z0-9.:-]{1,253}$/,
    allowed: 'an address or host name',
    meaning: 'Address to listen on. One that is not loopback needs `API_KEYS` or `ALLOW_ANONYMOUS=true`.',
  }),
  port: integer('PORT', 3004, 0, 65_535, 'Port to listen on; 0 takes any free one.'),
  role: choice('ROLE', 'all', ['all'], {
    note: 'in this version one process does all',
    meaning: 'Which part of the service this process is.',
  }),
  sandbox: choice('SANDBOX', 'auto', ['auto', 'docker', 'native'], {
    meaning:
      'Sandbox that runs programs. `auto` takes Docker where an engine answers and has images of languages, else the native one.',
  }),
  dockerHost: text('DOCKER_HOST', {
    default: 'unix:///var/run/docker.sock',
    pattern: /^(unix:\/\/\/\S{1,200}|(tcp|http):\/\/[A-Za-z0-9.:[\]-]{1,255}\/?)$/,
    allowed: 'unix:///PATH or tcp://HOST:PORT',
    meaning: 'Docker engine whose containers run programs.',
  }),
  dockerRuntime: optionalText('DOCKER_RUNTIME', {
    pattern: /^[A-Za-z0-9_.-]{1,64}$/,
    allowed: "a runtime's name",
    meaning:
      "Runtime of the containers, as the engine knows it: `runsc` for gVisor. Without it, the engine's own default.",
  }),
  dockerPoolSize: integer(
    'DOCKER_POOL_SIZE',
    4,
    0,
    128,
    'Containers kept ready, of all languages and limits together. Each takes about 16 MB of memory.',
  ),
  isolation: choice('ISOLATION', 'default', ['default', 'strict'], {
    meaning:
      'Network namespaces: one for each slot, in which nothing can be reached, or a fresh one for each run, at about one millisecond of CPU.',
  }),
  toolchains: choice('TOOLCHAINS', 'auto', ['auto', 'debian', 'host'], {
    meaning:
      'Where compilers and runtimes come from: a root made of Debian packages, this machine, or what serves best.',
  }),
  dataDirectory: directory('DATA_DIR', './data', 'Everything the service keeps. Relative to the project.'),
  debianMirror: optionalUrl(
    'DEBIAN_MIRROR',
    "Mirror that Debian packages come from; without it, that of the machine's own apt.",
  ),
  installPackages: flag(
    'INSTALL_PACKAGES',
    true,
    'Whether Debian packages that are missing on this machine (make, libc6-dev, mount, mmdebstrap) are installed with apt-get.',
  ),
  imageRepository: text('IMAGE_REPOSITORY', {
    default: 'code-execution-service',
    pattern: /^(?=.{1,200}$)[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*$/,
    allowed: 'the name of a repository of images, with its registry if it has one',
    meaning: "What the names of the Docker sandbox's images begin with.",
  }),
  imageSource: choice('IMAGE_SOURCE', 'pull', ['pull', 'build'], {
    meaning:
      "Where `POST /api/v1/admin/pull-images` takes images from: their registry, or the project's own recipes.",
  }),
  cpuLimit: decimal('CPU_LIMIT', 0.5, 0.05, 64, 'Cores of one program, averaged over a second.'),
  concurrency: integer(
    'CONCURRENCY',
    { text: 'number of cores', value: Math.min(availableParallelism(), 256) },
    1,
    256,
    'Programs that run at the same time.',
  ),
  queueSize: integer(
    'QUEUE_SIZE',
    256,
    0,
    100_000,
    'Executions that may wait; more are answered with 429. A quarter more for users who have less than their share.',
  ),
  maxCodeLength: integer('MAX_CODE_LENGTH', 50_000, 1, 1_000_000, 'Characters of `code`.'),
  maxTestCases: integer('MAX_TEST_CASES', 100, 1, 1000, 'Test cases of one execution.'),
  maxBodyBytes: integer(
    'MAX_BODY_BYTES',
    16 * 1024 * 1024,
    16 * 1024,
    256 * 1024 * 1024,
    'Bytes of a request. The default holds the largest code and files, and 100 tests of 140 KB.',
  ),
  executionTimeoutSeconds: integer(
    'EXECUTION_TIMEOUT',
    30,
    1,
    300,
    'Seconds that a program may run, sleep or wait, whatever its `time_limit`. Waiting for a processor does not count.',
  ),
  artifactCacheMb: integer('ARTIFACT_CACHE_MB', 256, 0, 65_536, 'MB of compiled programs kept for re-use.'),
  metricsEnabled: flag(
    'METRICS_ENABLED',
    true,
    'Whether executions are counted, for `/api/v1/metrics` and `/metrics`.',
  ),
  redisHost: optionalText('REDIS_HOST', {
    defaultText: '`localhost`, if a Redis answers there',
    pattern: /^[A-Za-z0-9.:_-]{1,253}$/,
    allowed: 'an address or host name',
    meaning:
      'Redis that metrics and counts against limits are kept in. Without any, metrics are kept in `DATA_DIR`.',
  }),
  redisPort: integer('REDIS_PORT', 6379, 1, 65_535, 'Port of Redis.'),
  redisPassword: optionalText('REDIS_PASSWORD', {
    pattern: /^[\x20-\x7e]{1,512}$/,
    allowed: 'printable ASCII',
    secret: true,
    meaning: 'Password of Redis.',
  }),
  redisPrefix: text('REDIS_PREFIX', {
    default: 'ces',
    pattern: /^[A-Za-z0-9._:-]{1,64}$/,
    allowed: 'letters, digits and `.` `_` `:` `-`, at most 64',
    meaning:
      'What the names of all keys in Redis begin with. Services with the same one share their metrics and limits.',
  }),
  codeValidation: choice('CODE_VALIDATION', 'enforce', ['enforce', 'warn', 'off'], {
    meaning:
      'What becomes of code that breaks a rule: it is refused, or runs with warnings, or nobody looks at it.',
  }),
  validationRules: list('VALIDATION_RULES', {
    item: new RegExp(`^(${PRESET_NAMES.join('|')}|([a-z]+|\\*)/([a-z_-]+|\\*)=(error|warning|off))$`),
    allowed: `a list of \`LANGUAGE/RULE=error\`, \`=warning\` or \`=off\`, where \`*\` is any, after at most one of the presets ${PRESET_NAMES.map((name) => `\`${name}\``).join(', ')}`,
    meaning:
      'Rules with another severity than their own: those of a preset, and further ones, such as `course,python/network=error,rust/*=off`. See docs/validation.md.',
  }),
  complexityLimits: list('COMPLEXITY_LIMITS', {
    item: new RegExp(`^(${Object.keys(COMPLEXITY_LIMITS).join('|')})=[1-9]\\d{0,8}$`),
    allowed: `a list of ${Object.keys(COMPLEXITY_LIMITS)
      .map((figure) => `\`${figure}=NUMBER\``)
      .join(', ')}`,
    meaning: 'Limits of a source file, beside those that stand in `src/limits.ts`.',
  }),
  apiKeys: keys(
    'API_KEYS',
    'Keys that may use the API, each written as it is or as `NAME:sha256:DIGEST`. Without any, no key is asked for.',
  ),
  apiKeysFile: optionalPath(
    'API_KEYS_FILE',
    '`keys.json` in `DATA_DIR`',
    'More keys, as `npm run keys` keeps them. A change is in force within two seconds.',
  ),
  adminApiKeys: keys(
    'ADMIN_API_KEY',
    'Key of the administrator, who may use every route; several while one replaces another. Without any, routes of administration answer 403.',
  ),
  allowAnonymous: flag('ALLOW_ANONYMOUS', false, 'Lets anyone who reaches a public address use the API.'),
  ...ACCESS_SETTINGS,
  ...GATEWAY_SETTINGS,
  shutdownGraceSeconds: integer(
    'SHUTDOWN_GRACE_SECONDS',
    20,
    0,
    3600,
    'Seconds that running executions may take to finish when the service is told to stop.',
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

/** Not asked of settings that are refused already: their values are `undefined`. */
function isOpenToStrangers(config: Config): boolean {
  const { host, apiKeys, apiKeysFile, allowAnonymous, dataDirectory }: Partial<Config> = config;
  const isLoopback = host === undefined || /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
  const hasKeyFile = apiKeysFile !== null || (dataDirectory !== undefined && existsSync(keyFilePath(config)));
  return !isLoopback && apiKeys?.length === 0 && !hasKeyFile && allowAnonymous === false;
}
