// Which test files there are: the category of each, and which run at the same time. It runs nothing.

import { globSync } from 'node:fs';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '..');
export const CATEGORIES = ['unit', 'integration', 'security'] as const;
export type Category = (typeof CATEGORIES)[number];

const ALL = ['src/**/*.test.ts', 'test/**/*.test.ts'];

/** What attackers try, and the unit tests of what stops them: keys, limits of use, requests, containers. */
const SECURITY = [
  'test/escapes/**',
  'test/containers/**',
  'test/access.test.ts',
  'src/access/**',
  'src/docker/container-config.test.ts',
  'src/docker/gateway/**',
  'src/http/{authentication,body-budget,connection-shares,cross-origin,headers,rate-limits}.test.ts',
  'src/sandbox/native/box-from-outside.test.ts',
  'src/webhooks/{post,signature,target-guard}.test.ts',
  'test/webhook-network.test.ts',
];

/** They need root, boxes, containers, Redis or a whole service. */
const INTEGRATION = [
  'test/**',
  'src/docker/driver/{docker-*,container-leftovers,container-order,container-protocol}.test.ts',
  'src/http/metrics-load.test.ts',
  'src/metrics/redis-store.test.ts',
  'src/builds/**',
  'src/redis/**',
  'src/store/redis/**',
  'src/queue/{fleet-queue,share-output}.test.ts',
  'src/problems/redis/**',
  'src/sandbox/native/**',
  'src/toolchains/{chroot-runner,debian-*,host-*,install-set,prebuilt-parts}.test.ts',
];

/** Containers and whole systems: one at a time, beside those of BOXES. */
const SYSTEMS = [
  'src/docker/driver/{docker-*,container-leftovers,container-order,container-protocol}.test.ts',
  'src/docker/gateway/**',
  'test/**',
];
/** The native sandbox, attacks on it, toolchains, and pages and front doors: one at a time, beside those of SYSTEMS. */
const BOXES = [
  'src/sandbox/native/**',
  'src/toolchains/{chroot-runner,debian-*,host-*,install-set,prebuilt-parts}.test.ts',
  'test/{dialects,escapes,kubernetes,pages}/**',
];
/** They measure what others on the machine change, or take all of it. */
const ALONE = [
  'src/docker/driver/docker-{engine-failures,silence}.test.ts',
  'src/http/load-shedding.test.ts',
  'src/queue/throughput.test.ts',
  'src/sandbox/native/{busy-machine,file-cache,leftovers}.test.ts',
  'src/validation/engine/analyzer.test.ts',
  'test/{event-loop,patterns}.test.ts',
  'test/escapes/{compile-bombs,cpu-burn,memory-bomb,quota-carry-over,raised-limits,self-made-delay,shared-cache}.test.ts',
  'test/languages/{clients,started-ahead}.test.ts',
];
/** Whole services with data of their own, whose tests do not watch the clock closely: two at a time. */
const SERVICES = [
  'test/{access,cookbook,executions-misuse,fleet,interactive,log,metrics,stored-executions,traces,validation}.test.ts',
  'test/{webhooks,webhook-network}.test.ts',
  'test/{chaos,clients}/**',
  'test/dialects/{mcp-stdio,piston-connect,third-party}.test.ts',
  'test/pages/{accessibility,dashboard,interactive}.test.ts',
];
/** Of the files in `test/`, those that only read files: they are unit tests. */
const READING = [
  'test/{architecture,documents,first-contribution,kubernetes,programs,supervisor-graph,test-files}.test.ts',
];

/** Unit tests of how long something takes: counting what runs makes them many times slower. */
const MEASURING = [
  'src/execution/judge-threads.test.ts',
  'src/http/{load-shedding,worst-bodies}.test.ts',
  'src/queue/throughput.test.ts',
  'src/validation/engine/analyzer.test.ts',
  ...READING,
];

function find(patterns: readonly string[]): string[] {
  return globSync([...patterns], { cwd: PROJECT }).filter((path) => path.endsWith('.test.ts'));
}

/** The test files that these patterns find, or all, in order. */
export function findTestFiles(patterns: readonly string[] = ALL): string[] {
  return find(patterns).sort();
}

/** The files of one category. Every test file has exactly one: security before integration before unit. */
export function filesOfCategory(category: Category): string[] {
  const security = new Set(find(SECURITY));
  const reading = new Set(find(READING));
  const integration = new Set(find(INTEGRATION).filter((path) => !security.has(path) && !reading.has(path)));
  return findTestFiles().filter((path) => {
    if (category === 'security') return security.has(path);
    if (category === 'integration') return integration.has(path);
    return !security.has(path) && !integration.has(path);
  });
}

/** The unit tests by which coverage is counted: those of `src` that do not measure time. */
export function filesForCoverage(): string[] {
  const measuring = new Set(find(MEASURING));
  return filesOfCategory('unit').filter((path) => !measuring.has(path));
}

/** Which files run at the same time: `beside` and `services` several at once, the others one at a time. */
export type Use = 'beside' | 'services' | 'systems' | 'boxes' | 'alone';

/** These files by how they use the machine. */
export function splitByMachineUse(files: readonly string[]): Record<Use, string[]> {
  const uses: readonly [Use, readonly string[]][] = [
    ['beside', READING],
    ['services', SERVICES],
    ['alone', ALONE],
    ['boxes', BOXES],
    ['systems', SYSTEMS],
  ];
  const found = uses.map(([use, patterns]) => [use, new Set(find(patterns))] as const);
  const split: Record<Use, string[]> = { beside: [], services: [], systems: [], boxes: [], alone: [] };
  for (const path of files) split[found.find(([, paths]) => paths.has(path))?.[0] ?? 'beside'].push(path);
  return split;
}
