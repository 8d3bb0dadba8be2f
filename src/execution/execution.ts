// All that one execution needs while it runs, looked up and decoded once: its language, toolchain and files,
// and from them the commands and limits of its boxes.

import { ServiceError } from '../errors.ts';
import type { CommandContext, Language, LanguageCommand } from '../languages/language.ts';
import { COMPILE_LIMITS, diskBytesFor, RUN_LIMITS, stackBytesFor, wallTimeLimitMs } from '../limits.ts';
import type { BoxCommand, BoxFile, BoxLimits, Sandbox } from '../sandbox/sandbox.ts';
import type { Toolchain, ToolchainCatalog } from '../toolchains/toolchain.ts';
import { MIB } from '../units.ts';
import type { JudgeThreads } from './judge-threads.ts';
import { nowMs } from './measurements.ts';
import type { ExecutionEvent } from './record.ts';
import type { ExecutionLog } from './retry.ts';
import { ownerOf } from './slot-owner.ts';
import type { Slot, SlotScheduler } from './slot-scheduler.ts';
import type { ExecutionTask, TaskTest } from './task.ts';

/** How many slots each priority gets while the others get theirs. */
const PRIORITY_WEIGHTS: Readonly<Record<ExecutionTask['priority'], number>> = { high: 4, normal: 2, low: 1 };

export interface ExecuteParts {
  readonly sandbox: Sandbox;
  readonly scheduler: SlotScheduler;
  readonly languages: { find(id: string): Language | null };
  readonly toolchains: Pick<ToolchainCatalog, 'of'>;
  /** Wall-clock time that no run exceeds. */
  readonly executionTimeoutSeconds: number;
  /** Cores of one program, averaged over a second; 0 is without a quota. */
  readonly cpuLimit: number;
  /** Judges large outputs. */
  readonly judges: Pick<JudgeThreads, 'judge'>;
  readonly log: ExecutionLog;
}

export interface Execution {
  readonly parts: ExecuteParts;
  readonly task: ExecutionTask;
  readonly language: Language;
  readonly toolchain: Toolchain;
  readonly files: readonly BoxFile[];
  readonly code: string;
  /** Commands of the program by memory limit: to make one, a language may read the source. */
  readonly programCommands: Map<number, LanguageCommand>;
  readonly signal: AbortSignal;
  readonly emit: (event: ExecutionEvent) => void;
  /** Waits for a slot of the execution's share. */
  readonly acquire: (signal: AbortSignal) => Promise<Slot>;
  /** When the first slot was granted; `null` before. */
  readonly firstSlotAtMs: () => number | null;
}

export function prepareExecution(
  parts: ExecuteParts,
  task: ExecutionTask,
  signal: AbortSignal,
  emit: (event: ExecutionEvent) => void,
): Execution {
  const files = task.files.map(({ path, contentBase64 }) => ({
    path,
    content: Buffer.from(contentBase64, 'base64'),
  }));
  return {
    parts,
    task,
    ...findToolchain(parts, task),
    files,
    code: files[0]?.content.toString('utf8') ?? '',
    programCommands: new Map(),
    signal,
    emit,
    ...shareOfSlots(parts, task),
  };
}

/** A task may have waited in a queue while toolchains changed. */
function findToolchain({ languages, toolchains }: ExecuteParts, { languageId, version }: ExecutionTask) {
  const language = languages.find(languageId);
  const toolchain = toolchains.of(languageId).find((candidate) => candidate.version === version);
  if (language === null || toolchain === undefined) {
    throw new ServiceError('unavailable', `${languageId} ${version} is not installed any more`);
  }
  return { language, toolchain };
}

function shareOfSlots(
  { scheduler, sandbox }: ExecuteParts,
  task: ExecutionTask,
): Pick<Execution, 'acquire' | 'firstSlotAtMs'> {
  const weight = PRIORITY_WEIGHTS[task.priority];
  const share = scheduler.share(weight, ownerOf(task), sandbox.slotsOfWorkspace);
  let firstSlotAtMs: number | null = null;
  return {
    acquire: async (signal) => {
      const slot = await share.acquire(signal);
      firstSlotAtMs ??= nowMs();
      return slot;
    },
    firstSlotAtMs: () => firstSlotAtMs,
  };
}

/** The compiler's command; `null` for a language that runs from source. It is the same for all tests. */
export function compileCommand(execution: Execution): BoxCommand | null {
  return execution.language.compile?.(commandContext(execution, COMPILE_LIMITS.memoryBytes)) ?? null;
}

export function testCommand(execution: Execution, test: TaskTest): BoxCommand {
  const command = programCommand(execution, Math.floor(test.memoryLimitMb * MIB));
  return { ...command, argv: [...command.argv, ...test.args] };
}

function programCommand(execution: Execution, memoryBytes: number): LanguageCommand {
  const known = execution.programCommands.get(memoryBytes);
  if (known !== undefined) return known;
  const command = execution.language.run(commandContext(execution, memoryBytes));
  execution.programCommands.set(memoryBytes, command);
  return command;
}

function commandContext({ task, toolchain, code, files }: Execution, memoryBytes: number): CommandContext {
  return {
    tools: toolchain.tools,
    prebuilt: toolchain.prebuilt,
    prebuiltParts: toolchain.prebuiltParts,
    sourceFile: task.sourceFile,
    files: task.files.map(({ path }) => path),
    memoryBytes,
    code,
    textOf: (path) => Buffer.from(files.find((file) => file.path === path)?.content ?? '').toString('utf8'),
    ...(task.standard !== undefined && { standard: task.standard }),
  };
}

/** The limits of a test's box. The language's allowance is added to the requested memory. */
export function testLimits({ parts, task, language }: Execution, test: TaskTest): BoxLimits {
  const memoryBytes = Math.floor((test.memoryLimitMb + language.memoryAllowanceMb) * MIB);
  return {
    cpuTimeMs: Math.round(test.timeLimitSeconds * 1000),
    wallTimeMs: wallTimeLimitMs(test.timeLimitSeconds, parts.executionTimeoutSeconds),
    memoryBytes,
    processes: RUN_LIMITS.processes,
    outputBytes: task.outputLimitBytes,
    fileSizeBytes: RUN_LIMITS.fileSizeBytes,
    diskBytes: diskBytesFor(memoryBytes),
    openFiles: RUN_LIMITS.openFiles,
    stackBytes: stackBytesFor(Math.floor(test.memoryLimitMb * MIB)),
    cpuQuota: parts.cpuLimit,
  };
}
