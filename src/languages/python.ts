// Python: runs from source. `site` stays on, because `exit()` comes from there; modules beside the program import.

import { command, programCommand, tool } from './command.ts';
import { PYTHON_GATE } from './gate.ts';
import type { InstalledTool, Language } from './language.ts';
import { PYTHON_UNIT_TESTS } from './unit-tests.ts';
import { ALLOCATION_FAILED_NUMBER } from './watched-end.ts';

/**
 * Ends a program by a signal of its own after a MemoryError that nobody caught and no `raise` made. Python imports it
 * at its start.
 */
const WATCH = `import os
import sys


def _report(kind, error, trace, show=sys.excepthook):
    show(kind, error, trace)
    if kind is not MemoryError:
        return
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    from opcode import opmap
    if trace is None or trace.tb_frame.f_code.co_code[trace.tb_lasti] == opmap["RAISE_VARARGS"]:
        return
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os.kill(os.getpid(), ${ALLOCATION_FAILED_NUMBER})


sys.excepthook = _report

${PYTHON_GATE}`;

/** Prints a syntax error as Python does for a program, without the lines of this one. */
const CHECK = `import sys, traceback
try:
    with open('/code/' + sys.argv[1], 'rb') as source:
        compile(source.read(), sys.argv[1], 'exec')
except SyntaxError as error:
    traceback.print_exception(type(error), error, None)
    sys.exit(1)
`;

const PYTHON_TOOL: InstalledTool = {
  name: 'python',
  hostNames: ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'],
  debianPath: '/usr/bin/python3.11',
  versionArguments: ['--version'],
  versionPattern: /^Python (\d+\.\d+\.\d+)/,
  minimumVersion: '3.11',
};

export const python: Language = {
  id: 'python',
  name: 'Python',
  aliases: ['py', 'python3', 'python3.11'],
  fileExtension: '.py',
  sourceExtensions: ['.pyi', '.pyw'],
  tools: [PYTHON_TOOL],
  debianPackages: ['python3.11', 'libpython3.11-stdlib'],
  debianMegabytes: 150,
  versions: {
    '3.13': {
      tools: [
        {
          ...PYTHON_TOOL,
          hostNames: [],
          debianPath: '/usr/bin/python3.13',
          minimumVersion: '3.13',
        },
      ],
      debianRelease: 'trixie',
      debianPackages: ['python3.13', 'libpython3.13-stdlib'],
      debianMegabytes: 103,
    },
  },
  versionTool: 'python',
  memoryAllowanceMb: 0,
  prebuild: {
    part: 'python',
    essential: false,
    isQuick: true,
    inputs: [{ path: 'sitecustomize.py', content: WATCH }],
    // Compiled ahead: boxes could not keep the result, and each program would start a millisecond later.
    commands: (tools, directory) => [
      command([
        tool(tools, 'python'),
        ...['-m', 'compileall', '-q', '--invalidation-mode', 'unchecked-hash', directory],
      ]),
    ],
  },
  watch: { part: 'python', usualEnd: { exitCode: 1, signal: null }, runtimeSignals: [] },
  sourceFile: () => 'main.py',
  check: ({ tools, sourceFile }) => command([tool(tools, 'python'), '-I', '-c', CHECK, sourceFile]),
  run: ({ tools, sourceFile, prebuilt, prebuiltParts, interpreterArguments = [] }) =>
    programCommand(
      [tool(tools, 'python'), '-s', '-B', ...interpreterArguments, `/code/${sourceFile}`],
      prebuiltParts.includes('python') ? { PYTHONPATH: `${prebuilt}/python` } : {},
      prebuiltParts.includes('python'),
    ),
  unitTests: PYTHON_UNIT_TESTS,
  uncaughtError: /^Traceback \(most recent call last\):$/m,
  // Only as the last line is it the exception that ended the program.
  ranOutOfMemory: ({ exitCode, stderr }) =>
    exitCode === 1 && /(?:^|\n)MemoryError(?:: [^\n]{0,200})?\n?$/.test(stderr),
  examples: {
    hello: { code: 'print("Hello, World!")\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: { code: 'print(sum(map(int, input().split())))\n', stdin: '19 23\n', expectedOutput: '42\n' },
  },
};
