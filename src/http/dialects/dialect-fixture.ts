// A server for the tests of dialects, whose programs end as a test says.

import type { ExecuteRequest, ExecutionResult, TestResult } from '../../api/execution.ts';
import type { CompileResult } from '../../api/result-fields.ts';
import type { ServiceError } from '../../errors.ts';
import type { SubmissionContext, Submit } from '../../submissions/submission.ts';
import { createTestServer, resultOf } from '../server-fixture.ts';
import type { OfferedLanguage } from './dialect.ts';

const READY = { status: 'ready' as const, compiled: true };

const LANGUAGES: readonly OfferedLanguage[] = [
  { ...language('python', '3.11.2', '.py', ['py', 'python3.11']), compiled: false },
  { ...language('javascript', '20.20.2', '.js', ['js', 'node']), compiled: false },
  language('java', '17.0.15', '.java', ['jdk']),
  language('cpp', '12.2.0', '.cpp', ['c++', 'c++20']),
  language('c', '12.2.0', '.c', ['gcc']),
  { ...language('bash', '5.2.15', '.sh', ['sh']), compiled: false },
  { ...language('go', '', '.go', []), status: 'installing', versions: [] },
  { ...language('rust', '', '.rs', []), status: 'missing', versions: [] },
];

function language(id: string, version: string, extension: string, aliases: string[]): OfferedLanguage {
  return {
    id,
    name: id.toUpperCase(),
    aliases,
    ...READY,
    file_extension: extension,
    versions: [version],
    version,
    example: '',
  };
}

const COMPILED: CompileResult = {
  status: 'completed',
  exit_code: 0,
  signal: null,
  stdout: '',
  stderr: '',
  output: '',
  cpu_time_ms: 100,
  wall_time_ms: 120,
  memory_kb: 20_000,
  cached: false,
  message: null,
};

/** How a program ends: fields of its only run and of its compile, or an error of the service. */
export interface ProgramEnd {
  /** Streams may be bytes. */
  readonly run?: Partial<Omit<TestResult, 'stdout' | 'stderr'>> & {
    readonly stdout?: string | Buffer;
    readonly stderr?: string | Buffer;
  };
  readonly compile?: Partial<CompileResult>;
  readonly error?: ServiceError;
}

interface Seen {
  submission?: ExecuteRequest;
  context?: SubmissionContext;
}

/** Every program ends as `end`; `seen` gets the last submission. */
export async function dialectServer(
  t: Parameters<typeof createTestServer>[0],
  end: ProgramEnd = {},
  environment: Record<string, string> = {},
  submit?: Submit,
) {
  const seen: Seen = {};
  const server = await createTestServer(t, {
    environment,
    languages: () => LANGUAGES as never,
    sourceFileOf: (id, code) =>
      id === 'java'
        ? `${/class (\w+)/.exec(code)?.[1] ?? 'Main'}.java`
        : `main.${id === 'python' ? 'py' : id}`,
    submit: async (submission, context) => {
      if (submit) return submit(submission, context);
      seen.submission = submission;
      seen.context = context;
      if (end.error) throw end.error;
      return resultWith(submission, end, context.encoding === 'base64');
    },
  });
  return { server, seen };
}

function resultWith(
  submission: ExecuteRequest,
  { run = {}, compile }: ProgramEnd,
  isBase64: boolean,
): ExecutionResult {
  const result = resultOf(submission);
  const language =
    LANGUAGES.find(({ id, aliases }) => [id, ...aliases].includes(submission.language))?.id ?? '';
  const encode = (text: string | Buffer) => Buffer.from(text).toString(isBase64 ? 'base64' : 'utf8');
  const { stdout: out = '', stderr: err = '', output = '' } = compile ?? {};
  const texts = { stdout: encode(out), stderr: encode(err), output: encode(output) };
  const compiled = compile ? { ...COMPILED, ...compile, ...texts } : null;
  if (compiled?.status === 'compilation_error') {
    return { ...result, language, status: 'compilation_error', compile: compiled, results: [] };
  }
  const [first] = result.results;
  if (first === undefined) throw new Error('the example has no run');
  const { stdout = '', stderr = '', ...end } = run;
  const test = {
    ...first,
    status: 'completed' as const,
    exit_code: 0,
    message: null,
    ...{ cpu_time_ms: 11.4, wall_time_ms: 13.6, memory_kb: 9120 },
    ...end,
    stdout: encode(stdout),
    stderr: encode(stderr),
  };
  return { ...result, language, status: test.status, compile: compiled, results: [test] };
}

export function post(
  server: Awaited<ReturnType<typeof createTestServer>>,
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
) {
  return server.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The ends of a program that every dialect has an answer to. */
export const ENDS = {
  well: { run: { stdout: '1\n' } },
  exit: { run: { status: 'runtime_error', exit_code: 3, stdout: 'a\n', stderr: 'b\n' } },
  signal: { run: { status: 'runtime_error', exit_code: null, signal: 'SIGSEGV' } },
  cpu: { run: { status: 'time_limit_exceeded', limit: 'cpu', exit_code: null, signal: 'SIGKILL' } },
  wall: { run: { status: 'time_limit_exceeded', limit: 'wall', exit_code: null, signal: 'SIGKILL' } },
  memory: {
    run: {
      status: 'memory_limit_exceeded',
      exit_code: null,
      message: 'The program exceeded the memory limit',
    },
  },
  output: {
    run: { status: 'output_limit_exceeded', exit_code: null, stdout_truncated: true, message: 'too much' },
  },
  security: {
    run: { status: 'security_violation', exit_code: null, signal: 'SIGSYS', message: 'forbidden call' },
  },
  ours: { run: { status: 'internal_error', exit_code: null, message: 'the machine failed' } },
  compile: {
    compile: {
      status: 'compilation_error',
      exit_code: 1,
      stderr: 'no ;\n',
      output: 'no ;\n',
      message: 'exit 1',
    },
  },
} as const satisfies Record<string, ProgramEnd>;
export type EndName = keyof typeof ENDS;
