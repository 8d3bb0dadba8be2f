// All that one execution needs while it runs, looked up and decoded once: its language, toolchain and files,
// and from them the commands and limits of its boxes.

import type { LanguageCommand } from '../languages/language.ts';
import { diskBytesFor, RUN_LIMITS, stackBytesFor, wallTimeLimitMs } from '../limits.ts';
import type { BoxCommand, BoxLimits, Sandbox } from '../sandbox/sandbox.ts';
import { MIB } from '../units.ts';
import type { JudgeThreads } from './judge-threads.ts';
import type { LiveOutputs } from './live-output.ts';
import { nowMs } from './measurements.ts';
import type { ExecutionEvent } from './record.ts';
import type { ExecutionLog } from './retry.ts';
import { ownerOf } from './slot-owner.ts';
import { pairsOf } from './slot-pairs.ts';
import type { Slot, SlotScheduler } from './slot-scheduler.ts';
import { readSource, runCommand, type Source, type SourceParts } from './source.ts';
import type { ExecutionTask, TaskTest } from './task.ts';
import type { ReadData } from './test-data.ts';

/** How many slots each priority gets while the others get theirs. */
const PRIORITY_WEIGHTS: Readonly<Record<ExecutionTask['priority'], number>> = { high: 4, normal: 2, low: 1 };

export interface ExecuteParts extends SourceParts {
  readonly sandbox: Sandbox;
  readonly scheduler: SlotScheduler;
  /** Wall-clock time that no run exceeds. */
  readonly executionTimeoutSeconds: number;
  /** Cores of one program, averaged over a second; 0 is without a quota. */
  readonly cpuLimit: number;
  /** Judges large outputs. */
  readonly judges: Pick<JudgeThreads, 'judge'>;
  /** Reads data of tests that is kept as blobs; without it, there are none. */
  readonly data?: ReadData;
  /** Where output goes while programs run; nowhere if absent. */
  readonly outputs?: LiveOutputs;
  readonly log: ExecutionLog;
}

export interface Execution extends Source {
  readonly parts: ExecuteParts;
  readonly task: ExecutionTask;
  /** Commands of the program by memory limit: to make one, a language may read the source. */
  readonly programCommands: Map<number, LanguageCommand>;
  readonly signal: AbortSignal;
  readonly emit: (event: ExecutionEvent) => void;
  /** Waits for a slot of the execution's share. */
  readonly acquire: (signal: AbortSignal) => Promise<Slot>;
  /** Waits for two slots, or the only one; none is held while another execution waits for its two. */
  readonly acquirePair: (signal: AbortSignal) => Promise<Slot>;
  /** When the first slot was granted; `null` before. */
  readonly firstSlotAtMs: () => number | null;
}

export function prepareExecution(
  parts: ExecuteParts,
  task: ExecutionTask,
  signal: AbortSignal,
  emit: (event: ExecutionEvent) => void,
): Execution {
  return {
    parts,
    task,
    ...readSource(parts, task),
    programCommands: new Map(),
    signal,
    emit,
    ...shareOfSlots(parts, task),
  };
}

function shareOfSlots(
  { scheduler, sandbox }: ExecuteParts,
  task: ExecutionTask,
): Pick<Execution, 'acquire' | 'acquirePair' | 'firstSlotAtMs'> {
  const weight = PRIORITY_WEIGHTS[task.priority];
  const isInteractive = task.interactor !== undefined;
  const most = isInteractive ? Math.max(2, sandbox.slotsOfWorkspace) : sandbox.slotsOfWorkspace;
  const share = scheduler.share(weight, ownerOf(task), most);
  let firstSlotAtMs: number | null = null;
  const acquire = async (signal: AbortSignal) => {
    const slot = await share.acquire(signal);
    firstSlotAtMs ??= nowMs();
    return slot;
  };
  return {
    acquire,
    acquirePair: sandbox.slots < 2 ? acquire : (signal) => pairsOf(scheduler).acquire(acquire, signal),
    firstSlotAtMs: () => firstSlotAtMs,
  };
}

export function testCommand(execution: Execution, test: TaskTest): BoxCommand {
  const command = programCommand(execution, Math.floor(test.memoryLimitMb * MIB));
  return { ...command, argv: [...command.argv, ...test.args] };
}

function programCommand(execution: Execution, memoryBytes: number): LanguageCommand {
  const known = execution.programCommands.get(memoryBytes);
  if (known !== undefined) return known;
  const command = runCommand(execution, memoryBytes);
  execution.programCommands.set(memoryBytes, command);
  return command;
}

/** The task's own limit, never over the service's; else the one that goes with the CPU time limit. */
function wallTimeMsOf(
  { wallTimeLimitSeconds: own }: ExecutionTask,
  test: TaskTest,
  executionTimeoutSeconds: number,
): number {
  if (own === undefined) return wallTimeLimitMs(test.timeLimitSeconds, executionTimeoutSeconds);
  return Math.round(Math.min(own, executionTimeoutSeconds) * 1000);
}

/** The limits of a test's box. The language's allowance is added to the requested memory. */
export function testLimits({ parts, task, language }: Execution, test: TaskTest): BoxLimits {
  const memoryBytes = Math.floor((test.memoryLimitMb + language.memoryAllowanceMb) * MIB);
  return {
    cpuTimeMs: Math.round(test.timeLimitSeconds * 1000),
    wallTimeMs: wallTimeMsOf(task, test, parts.executionTimeoutSeconds),
    memoryBytes,
    processes: Math.min(task.runChoices?.processes ?? RUN_LIMITS.processes, RUN_LIMITS.processes),
    outputBytes: task.outputLimitBytes,
    fileSizeBytes: task.runChoices?.fileSizeBytes ?? RUN_LIMITS.fileSizeBytes,
    diskBytes: diskBytesFor(memoryBytes),
    openFiles: RUN_LIMITS.openFiles,
    stackBytes: stackBytesFor(Math.floor(test.memoryLimitMb * MIB)),
    cpuQuota: parts.cpuLimit,
  };
}
