// The process: connects the parts of the service, starts them in order and stops them in the reverse order. It is the
// only file that knows all parts, and is imported by none.

import manifest from '../package.json' with { type: 'json' };
import { createKeyRing } from './access/key-ring.ts';
import { openCounters } from './access/open-counters.ts';
import { watchKeys } from './access/watched-keys.ts';
import { createExecute } from './execution/execute.ts';
import { createJudgeThreads } from './execution/judge-threads.ts';
import { createLiveOutputs } from './execution/live-output.ts';
import { createSlotScheduler, type SlotScheduler } from './execution/slot-scheduler.ts';
import { judge0Callback } from './http/dialects/judge0-callback.ts';
import { createServer } from './http/server.ts';
import { createServiceHealth } from './http/service-health.ts';
import { describeLanguage, languagesLine } from './http/v1/language-description.ts';
import { createWorkerServer } from './http/worker-server.ts';
import { offerLanguages } from './languages/catalog.ts';
import { usualVersion } from './languages/versions.ts';
import { createLog, type Log } from './log.ts';
import { openMetrics } from './metrics/open-metrics.ts';
import type { ServiceMetrics } from './metrics/service-metrics.ts';
import { createInProcessQueue } from './queue/in-process-queue.ts';
import { connectRedis, type RedisConnection } from './redis/redis-connection.ts';
import { observeFailures } from './sandbox/observed-sandbox.ts';
import { createAdministration } from './service/administration.ts';
import { openExecutions } from './service/open-executions.ts';
import { type OpenedProblems, openProblems } from './service/open-problems.ts';
import { chooseSandboxFor, openQueue, openShared, type Shared } from './service/open-shared.ts';
import type { ChosenSandbox } from './service/sandbox-choice.ts';
import { checkMachine, listenFailure } from './service/start-checks.ts';
import { startFailure } from './service/start-failure.ts';
import { type Service, stopOnSignals } from './service/stop-on-signals.ts';
import { liveWorkers } from './service/workers.ts';
import { loadCheckedConfig } from './settings/checked-config.ts';
import { type Config, keyFilePath } from './settings/config.ts';
import { adoptVariables, readEnvironment } from './settings/environment.ts';
import { createAccept } from './submissions/accept.ts';
import type { LanguageCatalog } from './submissions/choose-toolchain.ts';
import { openInteractions } from './submissions/open-interactions.ts';
import { type CodeValidation, openValidation } from './submissions/open-validation.ts';
import { createProblemPackages } from './submissions/problem-packages.ts';
import { createProblems, type ProblemParts } from './submissions/problems.ts';
import { createSubmit, type SubmitParts } from './submissions/submit.ts';
import { openTraces } from './traces/open-traces.ts';
import type { Traces } from './traces/traces.ts';

/** Connections that are still open this long after the last execution are cut. */
const CLOSE_CONNECTIONS_MS = 2000;

await main();

async function main(): Promise<void> {
  await using started = new AsyncDisposableStack();
  try {
    const config = readConfig();
    const log = createLog(config);
    process.on('uncaughtException', (error) => {
      log.fatal({ err: error }, 'the service failed');
      process.exit(1);
    });
    stopOnSignals(await start(config, log, started), started.move(), log);
  } catch (error) {
    process.stderr.write(`${startFailure(error)}\n`);
    process.exitCode = 1;
  }
}

function readConfig(): Config {
  const environment = readEnvironment();
  adoptVariables(environment);
  return loadCheckedConfig(environment.variables);
}

interface Parts {
  readonly service: Service;
  readonly chosen: ChosenSandbox;
  readonly scheduler: SlotScheduler;
  readonly redis: RedisConnection | null;
  readonly shared: Shared | null;
  readonly metrics: ServiceMetrics | null;
  readonly submissions: Omit<SubmitParts, 'queue' | 'log'>;
  readonly accepting: Omit<ProblemParts, 'store'>;
  readonly kept: OpenedProblems;
  readonly languages: LanguageCatalog;
  readonly validation: CodeValidation;
  readonly traces: Traces | null;
}

/** Starts every part, and adds to `started` how each is stopped. */
async function start(config: Config, log: Log, started: AsyncDisposableStack): Promise<Service> {
  await checkMachine(config);
  const around = await openAround(config, log, started);
  const { redis, shared, validation } = around;
  const chosen = await chooseSandboxFor(config, log, shared, started);
  const { sandbox, toolchains } = chosen;
  const { version } = manifest;
  const scheduler = createSlotScheduler(sandbox.slots);
  const observed = {
    ...{ sandbox: sandbox.name, version, log },
    workers: liveWorkers({ shared, ...chosen, scheduler, version, languages: () => languages.all }),
    queue: () => queue.depth(),
    slots: scheduler.state,
    interactive: () => interactions?.depth() ?? null,
    ...{ pool: chosen.docker?.pool ?? null, warm: sandbox.warmState ?? null },
    webhooks: () => stored.store.webhooks.backlog(),
    ...{ stored: () => stored.store.state(), problems: () => kept.store.counts() },
    ...{ fleet: shared?.fleet.figures ?? null, sharedBuilds: shared?.builds?.counts ?? null },
  };
  const metrics = openMetrics(config, redis, observed, started);
  const judges = started.adopt(createJudgeThreads(), (threads) => threads.close());
  const languages = offerLanguages(config.languages);
  const outputs = createLiveOutputs();
  const kept = await openProblems(config, log, shared, started);
  const executing = {
    sandbox: observeFailures(sandbox, (operation) => metrics?.sandboxFailed(sandbox.name, operation)),
    ...{ toolchains, judges, languages, outputs, log, data: kept.data },
    executionTimeoutSeconds: config.executionTimeoutSeconds,
    cpuLimit: config.cpuLimit,
  };
  const execute = createExecute({ ...executing, scheduler });
  const accepting = { languages, toolchains, settings: config };
  const accept = createAccept({ ...accepting, validate: validation.validate, problems: kept.store });
  const languageId = (name: string) => languages.find(name)?.id ?? null;
  const submissions = { accept, audit: validation.audit, metrics, languageId, outputs };
  const work = {
    ...submissions,
    ...{ execute, scheduler, chosen, shared },
    traces: around.traces,
    languages: languages.all,
    reportNoted: judge0Callback,
    version,
  };
  const stored = await openExecutions(config, log, work, started);
  const queue = openQueue(config, { execute, slots: sandbox.slots }, shared, stored);
  const interacting = {
    submit: { ...submissions, log },
    execute: executing,
    openQueue: createInProcessQueue,
  };
  const interactions = config.role === 'api' ? null : openInteractions(config, interacting);
  const graceMs = config.shutdownGraceSeconds * 1000;
  const service = { queue, stored, interactions, validation, graceMs, isStopping: false };
  const parts = {
    ...around,
    service,
    submissions,
    accepting,
    kept,
    languages,
    chosen,
    scheduler,
    metrics,
  };
  await listen(config, log, parts, started);
  return service;
}

/** What needs no sandbox. */
async function openAround(config: Config, log: Log, started: AsyncDisposableStack) {
  const traces = await openTraces(config, manifest.version, log);
  started.defer(() => traces?.close());
  const redis = await connectRedis(config, log);
  started.defer(() => redis?.close());
  const shared = await openShared(config, log, redis, started);
  const validation = openValidation(config, log);
  started.defer(() => validation.close());
  return { traces, redis, shared, validation };
}

async function listen(config: Config, log: Log, parts: Parts, started: AsyncDisposableStack): Promise<void> {
  const { service, redis, metrics, traces, languages } = parts;
  const { toolchains } = parts.chosen;
  const describe = () =>
    languages.all.map((language) => {
      const ready = toolchains.of(language.id);
      return describeLanguage(language, languages.all, {
        status: toolchains.status(language.id),
        version: usualVersion(language, ready),
        versions: ready.map(({ version }) => version),
        installation: toolchains.progress?.(language.id) ?? null,
      });
    });
  const health = createServiceHealth({
    ...parts,
    ...parts.chosen,
    config,
    version: manifest.version,
    queue: service.queue,
    webhooks: service.stored.store.webhooks.backlog,
    store: service.stored.store,
    fleet: parts.shared && { ...parts.shared.fleet, ...service.stored, role: config.role },
    languages: describe,
    log,
  });
  const keeping = { ...parts.accepting, store: parts.kept.store };
  const submit = createSubmit({ ...parts.submissions, ...service.stored, queue: service.queue, log });
  const server = await (config.role === 'worker' ? createWorkerServer : createServer)({
    config,
    keys: createKeyRing({ ...config, watched: started.use(await readKeys(config, log)) }),
    counters: openCounters(redis?.client ?? null, config.redisPrefix),
    version: manifest.version,
    log,
    submit,
    executions: service.stored.executions,
    problems: createProblems({ ...keeping, submit }),
    packages: createProblemPackages({ ...keeping, submit }),
    redeliver: service.stored.redeliver,
    interactions: service.interactions,
    metrics,
    traces,
    languages: describe,
    queue: () => service.queue.depth(),
    sourceFileOf: (id, code) => languages.find(id)?.sourceFile(code) ?? '',
    administration: createAdministration(
      config,
      log,
      { ...parts.chosen, ...service.stored, problems: parts.kept.store },
      started,
    ),
    health: health.report,
    isStopping: () => service.isStopping,
    readiness: async () => (service.isStopping ? 'stopping' : health.readiness()),
  });
  started.defer(async () => {
    setTimeout(() => server.server.closeAllConnections(), CLOSE_CONNECTIONS_MS).unref();
    await server.close();
  });
  const address = {
    host: config.host,
    port: config.port,
    listenTextResolver: (address: string) =>
      `Code Execution Service at ${address}, ${languagesLine(describe())}`,
  };
  await server.listen(address).catch((error) => {
    throw listenFailure(error, config);
  });
  void toolchains.settled().then(() => {
    if (!service.isStopping) log.info(`All languages: ${languagesLine(describe())}`);
  });
}

function readKeys(config: Config, log: Log) {
  return watchKeys({ path: keyFilePath(config), isNamed: config.apiKeysFile !== null, log });
}
