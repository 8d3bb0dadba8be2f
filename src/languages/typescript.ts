// TypeScript: checked and translated by the compiler that comes with this service, then run by the root's Node.js.
// Type errors are compile errors; `strict` is off, so that code written for a strict and for a lax project compiles.

import { command, plainArgument, tool } from './command.ts';
import { TYPESCRIPT_OPTIONS } from './compile-options.ts';
import { withoutLiterals } from './javascript-source.ts';
import type { CommandContext, Language } from './language.ts';
import {
  NODE_MEMORY_ALLOWANCE_MB,
  NODE_TOOL,
  NODE_UNCAUGHT_ERROR,
  nodePrebuild,
  nodeRanOutOfMemory,
  nodeWatch,
  runNode,
} from './node.ts';
import { awaitsOutsideFunctions } from './top-level-await.ts';
import { TYPESCRIPT_UNIT_TESTS, unitSide } from './unit-tests.ts';

/** Where the compiler's directory stands in the box. */
const TYPES = '/opt/tsc/node_modules/@types';
const OPTIONS = [
  '--ignoreConfig',
  ...['--rootDir', '.', '--outDir', '/box/out'],
  ...['--target', 'es2022', '--lib', 'es2023,esnext.disposable'],
  // CommonJS for .ts, ES modules for .mts: `require`, `import` without and with an ending all work.
  ...['--module', 'nodenext', '--moduleDetection', 'force', '--rewriteRelativeImportExtensions', '--allowJs'],
  ...['--strict', 'false', '--types', 'node', '--typeRoots', TYPES, '--skipLibCheck'],
  ...['--noEmitOnError', '--pretty', 'false'],
];

const REQUIRE = /(?<![\w$.])require\s*\(/;

/** `await` outside of functions exists only in ES modules. */
function sourceFile(code: string): string {
  const bare = withoutLiterals(code);
  return awaitsOutsideFunctions(bare) || bare.includes('import.meta') ? 'main.mts' : 'main.ts';
}

/** Unit tests are not checked: types of the program, which is not there, are unknown to them. */
function compileTypeScript({ tools, sourceFile, files, compileOptions = [] }: CommandContext) {
  const side = unitSide(sourceFile);
  const sources = files.filter(
    (path) => TYPESCRIPT_UNIT_TESTS.moduleOf(path) !== null && unitSide(path) === null,
  );
  return command([
    tool(tools, 'tsc'),
    ...OPTIONS,
    ...(side === 'tests' ? ['--noCheck'] : []),
    ...compileOptions,
    ...(side === null ? [sourceFile] : sources).map(plainArgument),
  ]);
}

/** Below /code are the service's own scripts of unit tests, which use what was compiled. */
function runTypeScript(context: CommandContext) {
  if (unitSide(context.sourceFile) !== null)
    return runNode(context, `/code/${context.sourceFile}`, 'typescript');
  const isModule = context.sourceFile.endsWith('.mts');
  const requires = isModule && REQUIRE.test(withoutLiterals(context.code));
  const script = `/build/${context.sourceFile.replace(/ts$/, 'js')}`;
  return runNode(context, script, 'typescript', requires ? ['require-in-modules'] : []);
}

export const typescript: Language = {
  id: 'typescript',
  name: 'TypeScript',
  aliases: ['ts', 'tsc'],
  fileExtension: '.ts',
  sourceExtensions: ['.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs'],
  sourceNames: ['package.json'],
  tools: [
    {
      name: 'tsc',
      packages: [`@typescript/typescript-${process.platform}-${process.arch}`, '@types/node', 'undici-types'],
      path: 'lib/tsc',
    },
    NODE_TOOL,
  ],
  debianPackages: ['nodejs'],
  debianMegabytes: 203,
  compileOptions: TYPESCRIPT_OPTIONS,
  versionTool: 'tsc',
  prebuild: nodePrebuild('typescript'),
  memoryAllowanceMb: NODE_MEMORY_ALLOWANCE_MB,
  sourceFile,
  compile: compileTypeScript,
  run: runTypeScript,
  unitTests: TYPESCRIPT_UNIT_TESTS,
  uncaughtError: NODE_UNCAUGHT_ERROR,
  ranOutOfMemory: nodeRanOutOfMemory,
  watch: nodeWatch('typescript'),
  examples: {
    hello: {
      code: "const greeting: string = 'Hello, World!';\nconsole.log(greeting);\n",
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: `import * as fs from 'fs';

const [a, b]: number[] = fs.readFileSync(0, 'utf8').split(' ').map(Number);
console.log(a + b);
`,
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
