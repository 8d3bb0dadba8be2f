// From a result to an outcome of Jobe. All texts come as Base64 of the exact bytes.

import { isUtf8 } from 'node:buffer';
import type { ExecutionResult, TestResult } from '../../api/execution.ts';

const OUTCOME = {
  compilationError: 11,
  runtimeError: 12,
  timeLimit: 13,
  success: 15,
  memoryLimit: 17,
  illegalSystemCall: 19,
  internalError: 20,
  serverOverload: 21,
} as const;

interface JobeAnswer {
  readonly run_id: null;
  readonly outcome: number;
  readonly cmpinfo: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The last line of what Python says of a program that it cannot parse; no call led there. */
const PYTHON_SYNTAX_ERROR = /^ {2}File [\s\S]*\n(?:SyntaxError|IndentationError|TabError): [^\n]*\n?$/;
/** Remarks of Java's compiler are no warnings. */
const REMARK = /^Note: .*(?:\n|$)/gm;

export const OVERLOADED = answer('serverOverload');
export const REJECTED = answer('illegalSystemCall');
/** For options that the compiler must not have. */
export function refusedOptions(reason: string): JobeAnswer {
  return answer('compilationError', { cmpinfo: `${reason}\n` });
}

export const FAILED = answer('internalError');

export function jobeAnswer(result: ExecutionResult): JobeAnswer {
  const { compile, status } = result;
  const said = compile === null ? '' : textOf(compile.output);
  if (status === 'compilation_error') {
    // Jobe does not parse JavaScript before it runs it.
    return result.language === 'javascript'
      ? answer('runtimeError', { stderr: said })
      : answer('compilationError', { cmpinfo: said || 'The compiler failed\n' });
  }
  const warnings = said.replace(REMARK, '');
  if (warnings !== '') return answer('compilationError', { cmpinfo: warnings });
  const [test] = result.results;
  return test === undefined ? FAILED : ofRun(test, result.language);
}

function ofRun(test: TestResult, language: string): JobeAnswer {
  const texts = { stdout: textOf(test.stdout), stderr: textOf(test.stderr) };
  const isSyntaxError =
    language === 'python' && texts.stdout === '' && PYTHON_SYNTAX_ERROR.test(texts.stderr.slice(0, 20_000));
  switch (test.status) {
    case 'completed':
    case 'accepted':
      return answer(texts.stderr === '' ? 'success' : 'runtimeError', texts);
    case 'runtime_error':
      if (isSyntaxError && test.exit_code === 1) return answer('compilationError', { cmpinfo: texts.stderr });
      // The exit code does not count: many programs in C return nothing.
      return answer(test.signal === null && texts.stderr === '' ? 'success' : 'runtimeError', texts);
    case 'time_limit_exceeded':
    case 'output_limit_exceeded':
      return answer('timeLimit', texts);
    case 'memory_limit_exceeded':
      return answer('memoryLimit', texts);
    case 'security_violation':
      return answer('illegalSystemCall', texts);
    default:
      return FAILED;
  }
}

function answer(outcome: keyof typeof OUTCOME, texts: Partial<JobeAnswer> = {}): JobeAnswer {
  return { run_id: null, outcome: OUTCOME[outcome], cmpinfo: '', stdout: '', stderr: '', ...texts };
}

/** What is not UTF-8 is written byte by byte, the printable ones as they are. */
function textOf(base64: string | null): string {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return bytes.toString('latin1').replace(/[^\x20-\x7e\n\r\t]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
