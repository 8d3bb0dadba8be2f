// C++: all submitted sources together. <bits/stdc++.h> is precompiled for each later standard with exactly the flags that
// it is used with: other flags would leave the precompiled header unused, without a word from the compiler.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import { gccOptions } from './compile-options.ts';
import { hasOnlyHeadersBefore } from './cpp-prefix.ts';
import { gccVersions } from './gcc-versions.ts';
import type { CommandContext, InstalledTool, Language } from './language.ts';

const USUAL_STANDARD = 'gnu++17';
/** Of the GNU dialect, as the usual one; each is known to the oldest compiler taken. */
const STANDARDS = {
  ...{
    98: 'gnu++98',
    '03': 'gnu++03',
    11: 'gnu++11',
    14: 'gnu++14',
    17: 'gnu++17',
    20: 'gnu++20',
    23: 'gnu++23',
  },
  ...{ '0x': 'gnu++11', '1y': 'gnu++14', '1z': 'gnu++17', '2a': 'gnu++20', '2b': 'gnu++23' },
};
const STANDARD_OPTION = '-std=';
/** Those that <bits/stdc++.h> is precompiled for, each in a directory of its name; the usual one first. */
const PRECOMPILED = [USUAL_STANDARD, 'gnu++20', 'gnu++23', 'gnu++14', 'gnu++11'];
const flagsOf = (standard: string) => ['-O2', `${STANDARD_OPTION}${standard}`, '-pipe', '-pthread'];
const HEADER = 'bits/stdc++.h';

/** The library's report as the last words; believed only while the part that watches is being built. */
const UNCAUGHT =
  /(?:^|\n)terminate called after throwing an instance of 'std::bad_alloc'\n {2}what\(\): {2}std::bad_alloc\n?$/;

/** Ends a program by a signal of its own after an uncaught exception of `new` without memory. */
const WATCH = `#include <cerrno>
#include <csignal>
#include <exception>
#include <new>
#include <unistd.h>

namespace {
volatile bool wasRefused = false;

// Called by \`new\`, which then throws as it does without a handler.
void refuse() {
  wasRefused = true;
  std::set_new_handler(nullptr);
}

// An exception alone is no evidence: a program can throw it by hand. One with its own \`new\` has called malloc.
bool ranOut(int error) {
  const std::new_handler handler = std::get_new_handler();
  return wasRefused || error == ENOMEM || (handler != refuse && handler != nullptr);
}

[[noreturn]] void end() {
  const int error = errno;
  try {
    if (std::current_exception()) throw;
  } catch (const std::bad_alloc &) {
    static const char words[] = "terminate called after throwing an instance of 'std::bad_alloc'\\n  what():  std::bad_alloc\\n";
    if (ranOut(error)) {
      if (write(2, words, sizeof words - 1) >= 0) raise(SIGSTKFLT);
      raise(SIGSTKFLT);
    }
  } catch (...) {
  }
  __gnu_cxx::__verbose_terminate_handler();
  __builtin_trap();
}

struct Watch {
  Watch() {
    std::set_terminate(end);
    std::set_new_handler(refuse);
  }
} watch;
}
`;

/** Options that let the compiler find the precompiled header, or use it at once. */
function headerOptions(context: CommandContext, sources: readonly string[], standard: string): string[] {
  const { prebuilt, prebuiltParts, code, compileOptions = [] } = context;
  const option = compileOptions.findLast((option) => option.startsWith(STANDARD_OPTION));
  const compiled = option?.slice(STANDARD_OPTION.length) ?? standard;
  if (!prebuiltParts.includes('cpp') || !PRECOMPILED.includes(compiled)) return [];
  const directory = `${prebuilt}/cpp/${compiled}`;
  const isFirst = sources.length === 1 && hasOnlyHeadersBefore(code);
  return [`-I${directory}`, ...(isFirst ? ['-include', `${directory}/${HEADER}`] : [])];
}

function compileCpp(context: CommandContext) {
  const { tools, files, prebuilt, prebuiltParts, standard = USUAL_STANDARD, compileOptions = [] } = context;
  const sources = sourceArguments(files, ['.cpp', '.cc', '.cxx', '.c++', '.C']);
  return command([
    tool(tools, 'g++'),
    ...flagsOf(standard),
    ...headerOptions(context, sources, standard),
    ...compileOptions,
    ...['-DONLINE_JUDGE', '-I/code', '-o', '/box/out/program'],
    ...sources,
    ...(prebuiltParts.includes('cpp') ? [`${prebuilt}/cpp/watch/watch.o`] : []),
  ]);
}

const GXX: InstalledTool = {
  name: 'g++',
  hostNames: ['g++', 'g++-15', 'g++-14', 'g++-13', 'g++-12', 'g++-11'],
  debianPath: '/usr/bin/g++-11',
  versionArguments: ['-dumpfullversion'],
  versionPattern: /^(\d+\.\d+\.\d+)/,
  minimumVersion: '11',
};

export const cpp: Language = {
  id: 'cpp',
  name: 'C++',
  aliases: ['c++', 'cxx', 'cc', 'g++', 'cpp17', 'c++17'],
  fileExtension: '.cpp',
  sourceExtensions: [
    '.cc',
    '.cxx',
    '.c++',
    '.C',
    '.h',
    '.hh',
    '.hpp',
    '.hxx',
    '.h++',
    '.H',
    '.inl',
    '.ipp',
    '.tpp',
    '.tcc',
    '.txx',
  ],
  standards: STANDARDS,
  standardPrefix: 'c++',
  compileOptions: gccOptions(/(?:c|gnu)\+\+(?:98|03|0x|11|14|17|1[yz]|20|23|2[ab])/, 'c++20'),
  tools: [GXX],
  debianPackages: ['g++-11', 'libc6-dev'],
  debianMegabytes: 317,
  versions: gccVersions(GXX),
  versionTool: 'g++',
  memoryAllowanceMb: 0,
  prebuild: {
    part: 'cpp',
    essential: false,
    // Serves by itself where the compiler does not take the precompiled form.
    inputs: [
      ...PRECOMPILED.map((standard) => ({
        path: `${standard}/${HEADER}`,
        content: '#pragma GCC system_header\n#include_next <bits/stdc++.h>\n',
      })),
      { path: 'watch/watch.cc', content: WATCH },
    ],
    commands: (tools, directory) => [
      ...PRECOMPILED.map((standard) => {
        const header = `${directory}/${standard}/${HEADER}`;
        return command([
          tool(tools, 'g++'),
          ...flagsOf(standard),
          ...['-w', '-x', 'c++-header', header, '-o', `${header}.gch`],
        ]);
      }),
      command([
        tool(tools, 'g++'),
        '-O2',
        '-c',
        `${directory}/watch/watch.cc`,
        '-o',
        `${directory}/watch/watch.o`,
      ]),
    ],
  },
  sourceFile: () => 'main.cpp',
  compile: compileCpp,
  run: () => programCommand(['/build/program']),
  watch: { part: 'cpp', usualEnd: { exitCode: null, signal: 'SIGABRT' }, runtimeSignals: [] },
  ranOutOfMemory: ({ signal, stderr }) => signal === 'SIGABRT' && UNCAUGHT.test(stderr),
  examples: {
    hello: {
      code: '#include <iostream>\n\nint main() {\n    std::cout << "Hello, World!\\n";\n}\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: `#include <bits/stdc++.h>

int main() {
    long long a, b;
    std::cin >> a >> b;
    std::cout << a + b << "\\n";
}
`,
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
