// The checker of a task: the comparison that a request chose with the options that it uses, or a program of the problem.

import { programFields } from '../api/problem-fields.ts';
import { OPTIONS_USED } from '../checkers/catalog.ts';
import type { ExecutionTask } from '../execution/task.ts';
import { reason, rejectIfAny } from './field-reason.ts';
import { type ProgramChoice, type ProgramParts, problemProgram } from './problem-program.ts';
import type { ResolvedChecker, ResolvedRequest } from './resolved-request.ts';

/** Throws a `ServiceError` for a program that is not complete, or in a language that is not offered. */
export function checkerOf(
  parts: ProgramParts,
  { checker = { type: 'trim' }, interactor, validation_passes }: ResolvedRequest,
): Pick<ExecutionTask, 'checker' | 'checkerProgram'> {
  const { type, ...options } = checker;
  if (type !== 'program') {
    const used = Object.entries(options).filter(([name]) => usedBy(type).includes(name));
    return { checker: { type, ...Object.fromEntries(used) } };
  }
  if (interactor?.protocol === 'icpc') {
    rejectIfAny([
      reason('checker', 'must not be a program beside an interactor of the protocol icpc, which decides'),
    ]);
  }
  const passes = interactor === undefined ? validation_passes : undefined;
  return { checker: { type }, checkerProgram: problemProgram(parts, 'checker', withPasses(options, passes)) };
}

/** Throws as `checkerOf`. */
export function interactorOf(
  parts: ProgramParts,
  { interactor, interaction = false, validation_passes: passes }: ResolvedRequest,
): Pick<ExecutionTask, 'interactor' | 'interaction'> {
  if (interactor === undefined) return {};
  return { interactor: problemProgram(parts, 'interactor', withPasses(interactor, passes)), interaction };
}

function withPasses(choice: ProgramChoice, passes: number | undefined): ProgramChoice {
  return passes === undefined ? choice : { validation_passes: passes, ...choice };
}

/** Warnings about options that the chosen type of checker does not use. */
export function unusedOptions({ type, ...options }: ResolvedChecker): string[] {
  const unused = Object.keys(options).filter((name) => !usedBy(type).includes(name));
  return unused.map((name) => `checker.${name} is not used by the checker ${type}`);
}

function usedBy(type: ResolvedChecker['type']): readonly string[] {
  return type === 'program' ? Object.keys(programFields) : OPTIONS_USED[type];
}
