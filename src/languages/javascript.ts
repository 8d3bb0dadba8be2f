// JavaScript: a CommonJS script, or an ES module when the code can only be one.

import { withoutLiterals } from './javascript-source.ts';
import type { Language } from './language.ts';
import { NODE_MEMORY_ALLOWANCE_MB, NODE_TOOL, nodeRanOutOfMemory, runNode } from './node.ts';

const IMPORT_OR_EXPORT =
  /^[ \t]*(?:import(?:\s+[\w$]|\s*[{*"'])|export\s+(?:default|const|let|var|function|class|async)\b|export\s*[{*])/m;
const TOP_LEVEL_AWAIT = /^(?:(?:const|let|var)\s[^=\n]*=\s*)?(?:await\b|for\s+await\b)/m;

function isModule(code: string): boolean {
  const bare = withoutLiterals(code);
  if (IMPORT_OR_EXPORT.test(bare) || bare.includes('import.meta')) return true;
  return TOP_LEVEL_AWAIT.test(bare) && !/\brequire\s*\(/.test(bare);
}

export const javascript: Language = {
  id: 'javascript',
  name: 'JavaScript',
  aliases: ['js', 'node', 'nodejs'],
  fileExtension: '.js',
  sourceExtensions: ['.mjs', '.cjs'],
  sourceNames: ['package.json'],
  tools: [NODE_TOOL],
  debianPackages: ['nodejs'],
  debianMegabytes: 203,
  versionTool: 'node',
  memoryAllowanceMb: NODE_MEMORY_ALLOWANCE_MB,
  sourceFile: (code) => (isModule(code) ? 'main.mjs' : 'main.js'),
  run: (context) => runNode(context, `/code/${context.sourceFile}`),
  ranOutOfMemory: nodeRanOutOfMemory,
  examples: {
    hello: { code: "console.log('Hello, World!');\n", stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: `const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number);
console.log(a + b);
`,
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
