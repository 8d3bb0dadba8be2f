// What the person is working on: the program, its input or tests, and how they are run. Each part is a signal of its
// own, so that typing in the editor renders no test.

import { batch, computed, signal } from '@preact/signals';
import type { CheckerChoice } from '../../src/api/checker-choice.ts';
import type { ExecuteRequest } from '../../src/api/execution.ts';

export type Interactor = NonNullable<ExecuteRequest['interactor']>;

export interface DraftFile {
  readonly path: string;
  readonly content: string;
}

export interface DraftTest {
  /** Of this page only: it stays with the test when others are removed. */
  readonly id: number;
  readonly name: string;
  readonly input: string;
  /** `null`: the output is not checked. */
  readonly expected: string | null;
  readonly isHidden: boolean;
  readonly weight: number;
  /** One of the draft's groups; empty: none. Older drafts have none. */
  readonly group?: string;
}

export interface DraftGroup {
  readonly name: string;
  readonly points: number;
  readonly scoring: 'min' | 'sum' | 'max';
  readonly dependsOn: readonly string[];
}

/** A group as it is added. */
export function newGroup(name: string): DraftGroup {
  return { name, points: 10, scoring: 'min', dependsOn: [] };
}

/** As the person wrote them; empty is the default. */
export interface DraftLimits {
  readonly time_limit: string;
  readonly memory_limit: string;
  readonly output_limit_kb: string;
}

export interface Draft {
  readonly language: string;
  readonly version: string;
  readonly files: readonly DraftFile[];
  readonly stdin: string;
  readonly args: string;
  readonly tests: readonly Omit<DraftTest, 'id'>[];
  readonly checker: CheckerChoice;
  readonly limits: DraftLimits;
  readonly stopOnFailure: boolean;
  /** Judges in place of the checker. Older drafts have neither this nor groups. */
  readonly interactor?: Interactor | null;
  readonly groups?: readonly DraftGroup[];
}

export const NO_LIMITS: DraftLimits = { time_limit: '', memory_limit: '', output_limit_kb: '' };

export const language = signal('');
/** Empty: the newest. */
export const version = signal('');
export const files = signal<readonly DraftFile[]>([{ path: 'main', content: '' }]);
export const activePath = signal('main');
export const stdin = signal('');
export const args = signal('');
export const tests = signal<readonly DraftTest[]>([]);
export const checker = signal<CheckerChoice>({ type: 'trim' });
export const interactor = signal<Interactor | null>(null);
export const groups = signal<readonly DraftGroup[]>([]);
export const limits = signal<DraftLimits>(NO_LIMITS);
export const stopOnFailure = signal(false);
/** Counts each time that something else than the editor replaced the files. */
export const filesReplaced = signal(0);

export const paths = computed(() => files.value.map(({ path }) => path));

let nextId = 1;

export function withId(test: Omit<DraftTest, 'id'>): DraftTest {
  nextId += 1;
  return { ...test, id: nextId };
}

export function currentDraft(): Draft {
  return {
    language: language.value,
    version: version.value,
    files: files.value,
    stdin: stdin.value,
    args: args.value,
    tests: tests.value.map(({ id: _id, ...test }) => test),
    checker: checker.value,
    limits: limits.value,
    stopOnFailure: stopOnFailure.value,
    ...(interactor.value !== null && { interactor: interactor.value }),
    ...(groups.value.length > 0 && { groups: groups.value }),
  };
}

export function showDraft(draft: Draft): void {
  batch(() => {
    language.value = draft.language;
    version.value = draft.version;
    files.value = draft.files;
    activePath.value = draft.files[0]?.path ?? '';
    stdin.value = draft.stdin;
    args.value = draft.args;
    tests.value = draft.tests.map(withId);
    checker.value = draft.checker;
    limits.value = draft.limits;
    stopOnFailure.value = draft.stopOnFailure;
    interactor.value = draft.interactor ?? null;
    groups.value = draft.groups ?? [];
    filesReplaced.value += 1;
  });
}

export function emptyTest(): Omit<DraftTest, 'id'> {
  return { name: '', input: '', expected: '', isHidden: false, weight: 1 };
}

export function changeTest(id: number, change: Partial<DraftTest>): void {
  tests.value = tests.value.map((test) => (test.id === id ? { ...test, ...change } : test));
}
