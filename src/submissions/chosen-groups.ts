// The groups of a task: every default filled in, and rejected if names do not fit together.

import type { TestGroup } from '../api/request-fields.ts';
import type { FieldReason } from '../errors.ts';
import type { ExecutionTask } from '../execution/task.ts';
import { reason, rejectIfAny, shown } from './field-reason.ts';
import type { ResolvedRequest } from './resolved-request.ts';

/** Names that a message lists. */
const MAX_NAMES = 10;

/** Throws `invalid_request` for unknown or repeated names, groups without a test, and dependencies in a circle. */
export function groupsOf({ groups = [], test_cases = [] }: ResolvedRequest): Pick<ExecutionTask, 'groups'> {
  const names = groups.map(({ name }) => name);
  rejectIfAny([
    ...test_cases.flatMap(({ group }, index) =>
      group === undefined ? [] : unknownName(`test_cases[${index}].group`, group, names),
    ),
    ...groups.flatMap((group, index) => groupReasons(group, index, names, test_cases)),
  ]);
  rejectIfAny(circles(groups));
  if (groups.length === 0) return {};
  return {
    groups: groups.map(({ name, points, scoring = 'min', depends_on = [], stop_on_failure = true }) => ({
      name,
      points: points ?? test_cases.filter(({ group }) => group === name).length,
      scoring,
      dependsOn: depends_on,
      stopOnFailure: stop_on_failure,
    })),
  };
}

function groupReasons(
  { name, depends_on = [] }: TestGroup,
  index: number,
  names: readonly string[],
  tests: NonNullable<ResolvedRequest['test_cases']>,
): FieldReason[] {
  const path = `groups[${index}]`;
  const isRepeated = names.indexOf(name) !== index;
  const isUsed = tests.some(({ group }) => group === name);
  return [
    ...(isRepeated
      ? [reason(`${path}.name`, `must differ from the names before it, got ${shown(name)}`)]
      : []),
    ...(isUsed ? [] : [reason(`${path}.name`, `must be the group of a test, got ${shown(name)}`)]),
    ...depends_on.flatMap((other, place) => unknownName(`${path}.depends_on[${place}]`, other, names)),
  ];
}

function unknownName(path: string, name: string, names: readonly string[]): FieldReason[] {
  if (names.includes(name)) return [];
  const known = names.length === 0 ? 'but there are none' : `which are ${listed(names)}`;
  return [reason(path, `must be the name of one of groups, ${known}, got ${shown(name)}`)];
}

/** Takes away groups that depend on nothing that is left, or on which nothing that is left depends: circles remain. */
function circles(groups: readonly TestGroup[]): FieldReason[] {
  for (let left = groups; ; ) {
    const names = left.map(({ name }) => name);
    const wanted = left.flatMap(({ depends_on = [] }) => depends_on);
    const bound = left.filter(
      ({ name, depends_on = [] }) =>
        wanted.includes(name) && depends_on.some((other) => names.includes(other)),
    );
    if (bound.length === 0) return [];
    if (bound.length === left.length) return [circle(groups, left)];
    left = bound;
  }
}

function circle(groups: readonly TestGroup[], left: readonly TestGroup[]): FieldReason {
  const names = left.map(({ name }) => name);
  const index = groups.findIndex(({ name }) => name === names[0]);
  return reason(
    `groups[${index}].depends_on`,
    `must not lead back to the group itself, got a circle among ${listed(names)}`,
  );
}

function listed(names: readonly string[]): string {
  return names.slice(0, MAX_NAMES).map(shown).join(', ');
}
