// JavaScript: a CommonJS script, or an ES module when the code can only be one.

import { command, tool } from './command.ts';
import { withoutLiterals } from './javascript-source.ts';
import type { Language } from './language.ts';
import {
  NODE_MEMORY_ALLOWANCE_MB,
  NODE_TOOL,
  NODE_UNCAUGHT_ERROR,
  NODE_VERSIONS,
  type NodeSupport,
  nodePrebuild,
  nodeRanOutOfMemory,
  nodeWatch,
  runNode,
} from './node.ts';
import { awaitsOutsideFunctions } from './top-level-await.ts';
import { NODE_UNIT_TESTS } from './unit-tests.ts';

const IMPORT_OR_EXPORT =
  /^[ \t]*(?:import(?:\s+[\w$]|\s*[{*"'])|export\s+(?:default|const|let|var|function|class|async)\b|export\s*[{*])/m;
const REQUIRE = /(?<![\w$.])require\s*\(/;

interface Kind {
  readonly isModule: boolean;
  readonly support: readonly NodeSupport[];
}

/** A script that awaits outside of functions stays one when it calls `require`; a module that calls it is helped. */
function kindOf(code: string): Kind {
  const bare = withoutLiterals(code);
  const requires = REQUIRE.test(bare);
  if (IMPORT_OR_EXPORT.test(bare) || bare.includes('import.meta')) {
    return { isModule: true, support: requires ? ['require-in-modules'] : [] };
  }
  const awaits = awaitsOutsideFunctions(bare);
  return { isModule: awaits && !requires, support: awaits && requires ? ['await-in-script'] : [] };
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
  versions: NODE_VERSIONS,
  versionTool: 'node',
  prebuild: nodePrebuild('javascript'),
  memoryAllowanceMb: NODE_MEMORY_ALLOWANCE_MB,
  sourceFile: (code) => (kindOf(code).isModule ? 'main.mjs' : 'main.js'),
  check: ({ tools, sourceFile }) => command([tool(tools, 'node'), '--check', `/code/${sourceFile}`]),
  run: (context) =>
    runNode(context, `/code/${context.sourceFile}`, 'javascript', kindOf(context.code).support),
  unitTests: NODE_UNIT_TESTS,
  uncaughtError: NODE_UNCAUGHT_ERROR,
  ranOutOfMemory: nodeRanOutOfMemory,
  watch: nodeWatch('javascript'),
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
