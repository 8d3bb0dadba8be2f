// Accept and execute put together around a scripted sandbox and two small languages, for the tests of this folder.

import type { ExecuteRequest } from '../api/execution.ts';
import { createExecute } from '../execution/execute.ts';
import type { ExecuteParts } from '../execution/execution.ts';
import { createJudgeThreads } from '../execution/judge-threads.ts';
import { createLiveOutputs } from '../execution/live-output.ts';
import type { ExecutionEvent } from '../execution/record.ts';
import { createScriptedSandbox, type Script } from '../execution/scripted-sandbox-fixture.ts';
import { createSlotScheduler } from '../execution/slot-scheduler.ts';
import type { ReadData } from '../execution/test-data.ts';
import type { Language } from '../languages/language.ts';
import type { Toolchain, ToolchainStatus } from '../toolchains/toolchain.ts';
import { type AcceptParts, createAccept } from './accept.ts';
import type { ValidateCode } from './validate-code.ts';

const EXAMPLE = { code: '', stdin: '', expectedOutput: '' };
const TOOL = { debianPath: '/usr/bin/x', versionArguments: [], versionPattern: /./, minimumVersion: '1' };

/** Runs from source, as Python does. */
const SCRIPT_LANGUAGE: Language = {
  id: 'script',
  name: 'Script',
  aliases: ['sc'],
  fileExtension: '.sc',
  tools: [{ name: 'script', hostNames: ['script'], ...TOOL }],
  debianPackages: [],
  versionTool: 'script',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.sc',
  run: ({ tools, sourceFile }) => ({
    argv: [tools.script ?? '', `/code/${sourceFile}`],
    environment: { LANG: 'C.UTF-8' },
  }),
  examples: { hello: EXAMPLE, sum: EXAMPLE },
};

/** Is compiled, adds an allowance, and says when its runtime ran out of memory, as Java does. */
const COMPILED_LANGUAGE: Language = {
  ...SCRIPT_LANGUAGE,
  id: 'compiled',
  name: 'Compiled',
  aliases: ['cc'],
  memoryAllowanceMb: 64,
  sourceFile: (code) => (code.includes('class Other') ? 'Other.cc' : 'Main.cc'),
  compile: ({ tools, files }) => ({ argv: [tools.script ?? '', '-c', ...files], environment: {} }),
  run: ({ memoryBytes }) => ({ argv: ['/build/program', `-m${memoryBytes}`], environment: {} }),
  ranOutOfMemory: ({ stderr }) => stderr.includes('OutOfMemoryError'),
};

const LANGUAGES = [SCRIPT_LANGUAGE, COMPILED_LANGUAGE];

export const languageCatalog = {
  all: LANGUAGES,
  find: (name: string) =>
    LANGUAGES.find(({ id, aliases }) => [id, ...aliases].includes(name.toLowerCase())) ?? null,
};

export function toolchain(languageId: string, version: string): Toolchain {
  return {
    source: 'host',
    languageId,
    version,
    root: { fingerprint: `${languageId}-${version}`, mounts: [] },
    tools: { script: '/usr/bin/script' },
    prebuilt: '/opt/prebuilt',
    prebuiltParts: [],
  };
}

export function toolchainCatalog(
  ready: readonly Toolchain[],
  others: Readonly<Record<string, { status: ToolchainStatus; problem: string | null }>> = {},
) {
  return {
    of: (id: string) => ready.filter(({ languageId }) => languageId === id),
    status: (id: string): ToolchainStatus => others[id]?.status ?? 'ready',
    problem: (id: string) => others[id]?.problem ?? null,
  };
}

/** `execute` accepts and executes a request; what it did is in `sandbox`, `events` and `logged`. */
export function createServiceForTests(
  script: Script = {},
  options: {
    validate?: ValidateCode;
    judges?: ExecuteParts['judges'];
    problems?: AcceptParts['problems'];
    data?: ReadData;
  } = {},
) {
  const sandbox = createScriptedSandbox(script);
  const scheduler = createSlotScheduler(sandbox.slots);
  const toolchains = toolchainCatalog([
    toolchain('script', '3.11.2'),
    toolchain('script', '2.7.18'),
    toolchain('compiled', '17.0.9+9'),
  ]);
  const logged: { details: object; message: string }[] = [];
  const record = (details: object, message: string) => void logged.push({ details, message });
  const log = { warn: record, error: record };
  const settings = { maxCodeLength: 1000 };
  const { validate, judges = createJudgeThreads(), problems, data } = options;
  const accepting = { languages: languageCatalog, toolchains, settings };
  const accept = createAccept({ ...accepting, validate, problems });
  const outputs = createLiveOutputs();
  const execute = createExecute({
    sandbox,
    scheduler,
    languages: languageCatalog,
    toolchains,
    executionTimeoutSeconds: 30,
    cpuLimit: 0.5,
    judges,
    outputs,
    ...(data && { data }),
    log,
  });
  const events: ExecutionEvent[] = [];
  return {
    sandbox,
    scheduler,
    events,
    logged,
    accept,
    accepting,
    outputs,
    executeTask: execute,
    execute: async (request: Partial<ExecuteRequest>, signal = new AbortController().signal) =>
      execute(await accept({ language: 'script', code: 'x', ...request }), signal, (event) => {
        events.push(event);
      }),
  };
}
