// C++: all submitted sources together. <bits/stdc++.h> is precompiled with exactly the flags used for the usual
// standard: other flags would leave the precompiled header unused, without a word from the compiler.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import type { Language } from './language.ts';

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
const flagsOf = (standard: string) => ['-O2', `-std=${standard}`, '-pipe', '-pthread'];
const HEADER = 'bits/stdc++.h';

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
  tools: [
    {
      name: 'g++',
      hostNames: ['g++', 'g++-15', 'g++-14', 'g++-13', 'g++-12', 'g++-11'],
      debianPath: '/usr/bin/g++-11',
      versionArguments: ['-dumpfullversion'],
      versionPattern: /^(\d+\.\d+\.\d+)/,
      minimumVersion: '11',
    },
  ],
  debianPackages: ['g++-11', 'libc6-dev'],
  debianMegabytes: 317,
  versionTool: 'g++',
  memoryAllowanceMb: 0,
  prebuild: {
    part: 'cpp',
    essential: false,
    // Serves by itself where the compiler does not take the precompiled form.
    inputs: [{ path: HEADER, content: '#pragma GCC system_header\n#include_next <bits/stdc++.h>\n' }],
    commands: (tools, directory) => [
      command([
        tool(tools, 'g++'),
        ...flagsOf(USUAL_STANDARD),
        ...['-w', '-x', 'c++-header', `${directory}/${HEADER}`, '-o', `${directory}/${HEADER}.gch`],
      ]),
    ],
  },
  sourceFile: () => 'main.cpp',
  compile: ({ tools, files, prebuilt, prebuiltParts, standard = USUAL_STANDARD }) =>
    command([
      tool(tools, 'g++'),
      ...flagsOf(standard),
      ...(prebuiltParts.includes('cpp') && standard === USUAL_STANDARD ? [`-I${prebuilt}/cpp`] : []),
      ...['-DONLINE_JUDGE', '-I/code', '-o', '/box/out/program'],
      ...sourceArguments(files, ['.cpp', '.cc', '.cxx', '.c++', '.C']),
    ]),
  run: () => programCommand(['/build/program']),
  ranOutOfMemory: ({ signal, stderr }) => signal === 'SIGABRT' && stderr.includes('std::bad_alloc'),
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
