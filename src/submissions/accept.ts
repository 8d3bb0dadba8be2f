// From a request to a task: what the schema cannot check, every default filled in, language and version resolved. It
// rejects with a `ServiceError` and runs nothing.

import type { ExecuteRequest } from '../api/execution.ts';
import { nowMs } from '../execution/measurements.ts';
import type { ExecutionTask, TaskTest } from '../execution/task.ts';
import { createIdentifier } from '../identifier.ts';
import type { Language } from '../languages/language.ts';
import { OUTPUT_FILES, REQUEST_LIMITS, REQUEST_SIZES } from '../limits.ts';
import type { ProblemStore } from '../problems/problem-store.ts';
import type { ToolchainCatalog } from '../toolchains/toolchain.ts';
import { KIB } from '../units.ts';
import { chooseToolchain, type LanguageCatalog, languageNamed } from './choose-toolchain.ts';
import { checkerOf, interactorOf, unusedOptions } from './chosen-checker.ts';
import { groupsOf } from './chosen-groups.ts';
import { rejectOptions } from './compile-options.ts';
import { completeRequest } from './complete-request.ts';
import { ANYONE } from './executions.ts';
import { reason, rejectIfAny } from './field-reason.ts';
import type { ResolvedRequest, ResolvedTest } from './resolved-request.ts';
import { type SourceFile, sourceFilesOf } from './source-files.ts';
import type { SubmissionContext } from './submission.ts';
import { unitTestsOf } from './unit-tests.ts';
import type { ValidateCode } from './validate-code.ts';
import { validateTexts } from './validate-texts.ts';

export interface AcceptParts {
  readonly languages: LanguageCatalog;
  readonly toolchains: Pick<ToolchainCatalog, 'of' | 'status' | 'problem' | 'progress'>;
  readonly settings: { readonly maxCodeLength: number };
  readonly validate?: ValidateCode | undefined;
  /** Without it, no request may name a problem or a blob. */
  readonly problems?: Pick<ProblemStore, 'find' | 'findBlob' | 'readBlob'> | undefined;
}

/** What a front door says of a request. */
type AcceptContext = Partial<
  Pick<SubmissionContext, 'clientId' | 'api' | 'codeValidation' | 'wallTimeLimitSeconds' | 'runChoices'>
> & {
  readonly note?: string | undefined;
};

/** Without a `clientId`, the request belongs to `anyone`. */
export type Accept = (request: ExecuteRequest, context?: AcceptContext) => Promise<ExecutionTask>;

/** Its clients expect a compile error of any language; those of other services' APIs do not. */
const OWN_API = 'v1';

export function createAccept({ languages, toolchains, settings, validate, problems }: AcceptParts): Accept {
  return async (asked, context = {}) => {
    const { clientId = ANYONE, api, codeValidation, note, wallTimeLimitSeconds, runChoices } = context;
    const acceptedAtMs = nowMs();
    const { request, reference } = await completeRequest(asked, problems, clientId, languages);
    validateTexts(request, settings.maxCodeLength);
    const named = languageNamed(languages, request.language);
    const { language } = named;
    const { toolchain, standard } = chooseToolchain(named, toolchains, request.version);
    rejectLargeOutputs(request);
    rejectOptions(language, request.compile_options ?? []);
    const files = sourceFilesOf(request, language, settings.maxCodeLength);
    const parts = { languages, toolchains, settings };
    const judges = { ...checkerOf(parts, request), ...interactorOf(parts, request), ...groupsOf(request) };
    const multiplier = timeMultiplier(request, languages, language);
    const unitTests = unitTestsOf(parts, request, language, files);
    const executionId = createIdentifier();
    const execution = { executionId, userId: request.user_id ?? null };
    const validated = await validate?.(language, files, execution, codeValidation);
    return {
      ...taskOf(request, language, files, multiplier),
      ...judges,
      ...(reference !== null && { problem: reference }),
      ...unitTests,
      executionId,
      clientId,
      ...(api !== undefined && { api }),
      ...(note !== undefined && { note }),
      ...(wallTimeLimitSeconds !== undefined && { wallTimeLimitSeconds }),
      ...(runChoices !== undefined && { runChoices }),
      createdAt: new Date(acceptedAtMs).toISOString(),
      acceptedAtMs,
      queuedAtMs: validated ? nowMs() : acceptedAtMs,
      version: toolchain.version,
      ...(standard !== undefined && { standard }),
      warnings: [...warningsOf(request), ...(validated?.warnings ?? [])],
      ...(validated?.isBroken && (api ?? OWN_API) === OWN_API && { isBroken: true }),
      validation: validated ? { timeMs: validated.timeMs, analysis: validated.analysis } : null,
    };
  };
}

/** Of the CPU time limit, for this language. */
function timeMultiplier(
  { time_multipliers: multipliers = {} }: ResolvedRequest,
  languages: LanguageCatalog,
  { id }: Language,
): number {
  const [, factor = 1] = Object.entries(multipliers).find(([name]) => languages.find(name)?.id === id) ?? [];
  return factor;
}

function taskOf(
  request: ResolvedRequest,
  language: Language,
  files: readonly SourceFile[],
  multiplier: number,
) {
  const tests = request.test_cases ?? [];
  const isJudged = tests.length > 0;
  return {
    languageId: language.id,
    sourceFile: files[0]?.path ?? '',
    ...(request.compile_options && { compileOptions: request.compile_options }),
    files: files.map(({ path, content }) => ({ path, contentBase64: content.toString('base64') })),
    judged: isJudged,
    tests: isJudged
      ? tests.map((test) => testOf(test, request, multiplier))
      : [
          testOf(
            { input: request.stdin ?? '', encoding: request.stdin_encoding ?? 'utf8' },
            request,
            multiplier,
          ),
        ],
    ...(request.output_files && { outputFiles: request.output_files }),
    stopOnFailure: request.stop_on_failure ?? false,
    outputLimitBytes: Math.floor((request.output_limit_kb ?? REQUEST_LIMITS.output_limit_kb.default) * 1024),
    userId: request.user_id ?? null,
    priority: request.priority ?? ('normal' as const),
  };
}

function testOf(test: ResolvedTest, request: ResolvedRequest, multiplier: number): TaskTest {
  const { default: usual, maximum } = REQUEST_LIMITS.time_limit;
  const timeLimit = test.time_limit ?? request.time_limit ?? usual;
  return {
    name: test.name ?? test.unit_test ?? null,
    encoding: test.encoding ?? 'utf8',
    input: test.unit_test ?? test.input ?? '',
    expectedOutput: test.expected_output ?? null,
    isHidden: test.is_hidden ?? false,
    weight: test.weight ?? 1,
    args: test.args ?? request.args ?? [],
    timeLimitSeconds: Math.min(timeLimit * multiplier, maximum),
    memoryLimitMb: test.memory_limit ?? request.memory_limit ?? REQUEST_LIMITS.memory_limit.default,
    ...(test.group !== undefined && { group: test.group }),
    ...(test.data !== undefined && { data: test.data }),
    ...(test.checker_args !== undefined && { checkerArgs: test.checker_args }),
  };
}

function warningsOf({ stdin, test_cases, checker }: ResolvedRequest): string[] {
  const isIgnored = stdin !== undefined && stdin !== '' && (test_cases ?? []).length > 0;
  return [
    ...(isIgnored ? ['stdin is not used when there are test_cases: each test has its own input'] : []),
    ...(checker === undefined ? [] : unusedOptions(checker)),
  ];
}

/** Files come back beside the output, and both have to fit. */
export function rejectLargeOutputs({
  output_files = [],
  output_limit_kb = 0,
}: Pick<ExecuteRequest, 'output_files' | 'output_limit_kb'>): void {
  const most = (REQUEST_SIZES.textBytes - OUTPUT_FILES.archiveBytes) / KIB - 1;
  if (output_files.length === 0 || output_limit_kb <= most) return;
  rejectIfAny([
    reason('output_limit_kb', `must be at most ${most} with output_files, got ${output_limit_kb}`),
  ]);
}
