// C++: all submitted sources together. <bits/stdc++.h> is precompiled with exactly the flags used here: other flags
// would leave the precompiled header unused, without a word from the compiler.

import { command, sourceArguments, tool } from './command.ts';
import type { Language } from './language.ts';

const FLAGS = ['-O2', '-std=gnu++17', '-pipe', '-pthread'];
const HEADER = 'bits/stdc++.h';

export const cpp: Language = {
  id: 'cpp',
  name: 'C++',
  aliases: ['c++', 'cxx', 'cc', 'g++', 'cpp17', 'c++17'],
  fileExtension: '.cpp',
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
        ...FLAGS,
        ...['-w', '-x', 'c++-header', `${directory}/${HEADER}`, '-o', `${directory}/${HEADER}.gch`],
      ]),
    ],
  },
  sourceFile: () => 'main.cpp',
  compile: ({ tools, files, prebuilt, prebuiltParts }) =>
    command([
      tool(tools, 'g++'),
      ...FLAGS,
      ...(prebuiltParts.includes('cpp') ? [`-I${prebuilt}/cpp`] : []),
      ...['-I/code', '-o', '/box/out/program'],
      ...sourceArguments(files, ['.cpp', '.cc', '.cxx', '.c++', '.C']),
    ]),
  run: () => command(['/build/program']),
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
