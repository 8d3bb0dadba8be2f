// C#: Mono, whose compiler knows C# 7.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import type { Language } from './language.ts';

export const csharp: Language = {
  id: 'csharp',
  name: 'C#',
  aliases: ['cs', 'c#', 'mono'],
  fileExtension: '.cs',
  tools: [
    {
      name: 'mono',
      hostNames: ['mono'],
      debianPath: '/usr/bin/mono',
      versionArguments: ['--version'],
      versionPattern: /version (\d+\.\d+\.\d+)/,
      minimumVersion: '6.8',
    },
    {
      name: 'mcs',
      hostNames: ['mcs'],
      debianPath: '/usr/bin/mcs',
      versionArguments: ['--version'],
      versionPattern: /version (\d+\.\d+\.\d+)/,
      minimumVersion: '6.8',
    },
  ],
  debianPackages: [
    'mono-mcs',
    'mono-runtime',
    'libmono-system-core4.0-cil',
    'libmono-system-numerics4.0-cil',
  ],
  configuration: ['/etc/mono'],
  debianMegabytes: 187,
  versionTool: 'mono',
  memoryAllowanceMb: 64,
  sourceFile: () => 'main.cs',
  compile: ({ tools, files }) =>
    command([
      tool(tools, 'mcs'),
      ...['-optimize+', '-define:ONLINE_JUDGE', '-r:System.Numerics.dll', '-out:/box/out/program.exe'],
      ...sourceArguments(files, ['.cs']),
    ]),
  run: ({ tools }) => programCommand([tool(tools, 'mono'), '/build/program.exe']),
  uncaughtError: /^Unhandled Exception:$/m,
  ranOutOfMemory: ({ exitCode, stderr }) => exitCode === 1 && /^System\.OutOfMemoryException: /m.test(stderr),
  examples: {
    hello: {
      code: 'class Program\n{\n    static void Main()\n    {\n        System.Console.WriteLine("Hello, World!");\n    }\n}\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'using System;\nusing System.Linq;\n\nclass Program\n{\n    static void Main()\n    {\n        Console.WriteLine(Console.ReadLine().Split().Select(long.Parse).Sum());\n    }\n}\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
