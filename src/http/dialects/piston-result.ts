// From a result to the answer of Piston's API: two stages, each with streams, end, times and memory.

import type { ExecutionResult, TestResult } from '../../api/execution.ts';
import type { CompileResult } from '../../api/result-fields.ts';
import { KIB } from '../../units.ts';
import { signalNumber } from './signals.ts';

interface PistonStage {
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams. The order between them is not known: stdout comes first. */
  readonly output: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly message: string | null;
  readonly status: string | null;
  readonly cpu_time: number | null;
  readonly wall_time: number | null;
  readonly memory: number | null;
}

type End = Pick<PistonStage, 'code' | 'signal' | 'message' | 'status'>;

/** `hasCompileStage`: whether Piston compiles the language. */
export function pistonAnswer(
  result: ExecutionResult,
  names: { readonly language: string; readonly version: string; readonly hasCompileStage: boolean },
) {
  const { language, version, hasCompileStage } = names;
  const compile = result.compile === null ? null : compileStage(result.compile);
  const [test] = result.results;
  const run = compile !== null && result.status === 'compilation_error' ? compile : runStage(test);
  return { language, version, ...(compile !== null && hasCompileStage && { compile }), run };
}

/** What stands for the run of code that was rejected: it did not run. */
export function rejectedRun(stderr: string): PistonStage {
  const end = { code: 1, signal: null, message: null, status: 'RE' };
  return { stdout: '', stderr, output: stderr, ...end, cpu_time: 0, wall_time: 0, memory: 0 };
}

function compileStage(compile: CompileResult): PistonStage {
  const { stdout, stderr, output } = compile;
  return { stdout, stderr: stderr || compile.output, output, ...compileEnd(compile), ...figuresOf(compile) };
}

function compileEnd({ status, exit_code: code, signal, message }: CompileResult): End {
  if (status === 'completed') return { code: code ?? 0, signal: null, message: null, status: null };
  if (message?.includes('time limit')) return { code: null, signal: 'SIGKILL', message, status: 'TO' };
  if (signal !== null) return { code: null, signal, message, status: 'SG' };
  return { code: code || 1, signal: null, message, status: 'RE' };
}

function runStage(test: TestResult | undefined): PistonStage {
  if (test === undefined) return { ...rejectedRun(''), code: null, status: 'XX' };
  const { stdout, stderr } = { stdout: test.stdout ?? '', stderr: test.stderr ?? '' };
  return { stdout, stderr, output: stdout + stderr, ...endOf(test), ...figuresOf(test) };
}

function endOf({ status, limit, exit_code: code, signal, message, ...test }: TestResult): End {
  const killed = { code: null, signal: 'SIGKILL' };
  switch (status) {
    case 'completed':
    case 'accepted':
      return { code: code ?? 0, signal: null, message: null, status: null };
    case 'runtime_error':
      return signal === null
        ? { code, signal, message: `Exited with error status ${code}`, status: 'RE' }
        : { code: null, signal, message: `Caught fatal signal ${signalNumber(signal)}`, status: 'SG' };
    case 'time_limit_exceeded':
      return {
        ...killed,
        message: `Time limit exceeded${limit === 'wall' ? ' (wall clock)' : ''}`,
        status: 'TO',
      };
    case 'output_limit_exceeded':
      return test.stderr_truncated && !test.stdout_truncated
        ? { ...killed, message: 'stderr length exceeded', status: 'EL' }
        : { ...killed, message: 'stdout length exceeded', status: 'OL' };
    case 'memory_limit_exceeded':
      return { ...killed, message, status: 'SG' };
    case 'security_violation':
      return { code: null, signal: 'SIGSYS', message, status: 'SG' };
    default:
      return { code: null, signal: null, message, status: 'XX' };
  }
}

function figuresOf(figures: { cpu_time_ms: number; wall_time_ms: number; memory_kb: number }) {
  return {
    cpu_time: Math.round(figures.cpu_time_ms),
    wall_time: Math.round(figures.wall_time_ms),
    memory: figures.memory_kb * KIB,
  };
}
