// The request that is sent for a draft. "Copy as" shows the same object.

import type { ExecuteRequest } from '../../src/api/execution.ts';
import type { Draft, DraftTest } from './draft.ts';

export function requestOf(draft: Draft): ExecuteRequest {
  const [first] = draft.files;
  const isSingle = draft.files.length === 1;
  return {
    language: draft.language,
    ...(draft.version && { version: draft.version }),
    ...(isSingle ? { code: first?.content ?? '' } : { files: draft.files.map((file) => ({ ...file })) }),
    ...(draft.tests.length > 0
      ? { test_cases: draft.tests.map(testOf), ...checkerOf(draft), ...groupsOf(draft) }
      : draft.stdin && { stdin: draft.stdin }),
    ...(draft.args.trim() && { args: splitArguments(draft.args) }),
    ...(draft.stopOnFailure && { stop_on_failure: true }),
    ...limitsOf(draft),
  };
}

function testOf({ name, input, expected, isHidden, weight, group }: Omit<DraftTest, 'id'>) {
  return {
    ...(name && { name }),
    input,
    ...(expected !== null && { expected_output: expected }),
    ...(isHidden && { is_hidden: true }),
    ...(weight !== 1 && { weight }),
    ...(group && { group }),
  };
}

function checkerOf({ checker, interactor }: Draft) {
  if (interactor) return { interactor };
  return checker.type === 'trim' ? {} : { checker };
}

export function groupsOf({ groups = [] }: Pick<Draft, 'groups'>) {
  if (groups.length === 0) return {};
  const sent = groups.map(({ name, points, scoring, dependsOn }) => ({
    name,
    points,
    ...(scoring !== 'min' && { scoring }),
    ...(dependsOn.length > 0 && { depends_on: [...dependsOn] }),
  }));
  return { groups: sent };
}

function limitsOf({ limits }: Draft) {
  const given = Object.entries(limits).filter(([, text]) => text.trim() !== '');
  return Object.fromEntries(given.map(([name, text]) => [name, Number(text)]));
}

/** Words, of which quotes keep white space together, as in a shell but without anything else of one. */
export function splitArguments(text: string): string[] {
  const words = text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  return [...words].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}
