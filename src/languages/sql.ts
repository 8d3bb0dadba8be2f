// SQL: SQLite's shell on a database in memory. Statements and the shell's own commands are read from the file, and stdin
// can be imported.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const sql: Language = {
  id: 'sql',
  name: 'SQL',
  aliases: ['sqlite', 'sqlite3'],
  fileExtension: '.sql',
  tools: [
    {
      name: 'sqlite3',
      hostNames: ['sqlite3'],
      debianPath: '/usr/bin/sqlite3',
      versionArguments: ['--version'],
      versionPattern: /^(\d+\.\d+\.\d+)/,
      minimumVersion: '3.30',
    },
  ],
  debianPackages: ['sqlite3'],
  versionTool: 'sqlite3',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.sql',
  run: ({ tools, sourceFile }) =>
    programCommand([tool(tools, 'sqlite3'), '-batch', '-bail', ':memory:', `.read "/code/${sourceFile}"`]),
  examples: {
    hello: { code: "SELECT 'Hello, World!';\n", stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: `CREATE TABLE input(line TEXT);
.import /dev/stdin input
SELECT substr(line, 1, instr(line, ' ')) + substr(line, instr(line, ' ')) FROM input;
`,
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
