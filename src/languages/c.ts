// C: all submitted .c files together. The GNU dialect, because `getline` and `M_PI` are part of what learners know as C.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import { gccOptions } from './compile-options.ts';
import { gccVersions } from './gcc-versions.ts';
import type { InstalledTool, Language } from './language.ts';

const USUAL_STANDARD = 'gnu17';
/** Of the GNU dialect, as the usual one; each is known to the oldest compiler taken. */
const STANDARDS = {
  ...{ 89: 'gnu89', 90: 'gnu90', 99: 'gnu99', 11: 'gnu11', 17: 'gnu17', 18: 'gnu18', 23: 'gnu2x' },
  ...{ '9x': 'gnu99', '1x': 'gnu11', '2x': 'gnu2x' },
};

const GCC: InstalledTool = {
  name: 'gcc',
  hostNames: ['gcc', 'gcc-15', 'gcc-14', 'gcc-13', 'gcc-12', 'gcc-11'],
  debianPath: '/usr/bin/gcc-11',
  versionArguments: ['-dumpfullversion'],
  versionPattern: /^(\d+\.\d+\.\d+)/,
  minimumVersion: '11',
};

export const c: Language = {
  id: 'c',
  name: 'C',
  aliases: ['gcc', 'c17'],
  fileExtension: '.c',
  sourceExtensions: ['.h'],
  standards: STANDARDS,
  compileOptions: gccOptions(/(?:c|gnu)(?:89|90|99|9x|11|1x|17|18|2x)/, 'c11'),
  tools: [GCC],
  debianPackages: ['gcc-11', 'libc6-dev'],
  debianMegabytes: 270,
  versions: gccVersions(GCC),
  versionTool: 'gcc',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.c',
  compile: ({ tools, files, standard = USUAL_STANDARD, compileOptions = [] }) =>
    command([
      tool(tools, 'gcc'),
      ...['-O2', `-std=${standard}`, '-pipe', '-DONLINE_JUDGE', '-I/code', '-o', '/box/out/program'],
      ...compileOptions,
      ...sourceArguments(files, ['.c']),
      ...['-lm', '-pthread'],
    ]),
  run: () => programCommand(['/build/program']),
  examples: {
    hello: {
      code: '#include <stdio.h>\n\nint main(void) {\n    puts("Hello, World!");\n    return 0;\n}\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: `#include <stdio.h>

int main(void) {
    long a, b;
    if (scanf("%ld %ld", &a, &b) != 2) return 1;
    printf("%ld\\n", a + b);
    return 0;
}
`,
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
