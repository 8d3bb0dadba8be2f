// The tests' side: runs one test of `node:test` on modules that are served by the program in another box, and ends as a
// program of testlib does. Nothing of the program is loaded here.

'use strict';

const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { Writable } = require('node:stream');
const { pathToFileURL } = require('node:url');
const { createPeer } = require('./peer.cjs');

const MAX_MESSAGE = 4000;
const [PASSED, FAILED, BROKEN] = [0, 1, 3];
const WORDS = { [PASSED]: 'ok', [FAILED]: 'wrong answer', [BROKEN]: 'FAIL' };
const NAME = /^[A-Za-z_$][\w$]*$/;

const wanted = fs.readFileSync(process.argv[2], 'utf8');
const { directory, modules, main, tests } = require('./modules.json');
const peer = createPeer(0, 1, true);
const result = { chosen: 0, passed: 0, failure: null, broken: null };

/** stdout is a pipe to the program, and stderr holds the message. */
for (const name of ['stdout', 'stderr']) {
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  Object.defineProperty(process, name, { value: nothing });
}
process.argv = process.argv.slice(0, 2);

// The program's modules.

const served = new Map(modules.map((name) => [name, loadServed(name)]));

function loadServed(name) {
  try {
    return peer.asked('load', name);
  } catch (error) {
    return { names: [], error };
  }
}

/** Of a path in the directory: with or without its ending, and `solution` is the main one. Files of the tests come first. */
function servedName(location) {
  if (isOwn(location)) return null;
  const name = path.relative(directory, location);
  const found = [name, `${name}.js`, `${name}.cjs`, `${name}.mjs`].find((each) => served.has(each));
  return found ?? (/^solution(?:\.[cm]?js)?$/.test(name) ? main : null);
}

function isOwn(location) {
  try {
    return require.resolve(location) !== '';
  } catch {
    return false;
  }
}

function moduleOf(name) {
  const module = served.get(name);
  if (module.error) throw module.error;
  return module;
}

const load = Module._load;
Module._load = (request, parent, ...rest) => {
  if (request === 'node:test') return testModule;
  const name = /^[./]/.test(request)
    ? servedName(path.resolve(path.dirname(parent?.filename ?? directory), request))
    : null;
  return name === null ? load(request, parent, ...rest) : moduleOf(name).value;
};

/** The same for `import`, in the thread where Node resolves names. */
const LOADER = `
let given;
export const initialize = (data) => { given = data; };
export const resolve = (specifier, context, next) => {
  if (specifier === 'node:test') return { url: 'unit:node:test', shortCircuit: true };
  if (/^[./]/.test(specifier) && context.parentURL?.startsWith('file:')) {
    const { pathname } = new URL(specifier, context.parentURL);
    const name = given.names[decodeURIComponent(pathname)];
    if (name !== undefined) return { url: 'unit:' + encodeURIComponent(name), shortCircuit: true };
  }
  return next(specifier, context);
};
export const load = (url, context, next) => {
  if (!url.startsWith('unit:')) return next(url, context);
  return { format: 'module', shortCircuit: true, source: given.sources[decodeURIComponent(url.slice(5))] };
};
`;

function sourceOf(name, { names, isCommonJs }) {
  const exported = names.filter((each) => NAME.test(each) && each !== 'default');
  return (
    `const value = unitModule(${JSON.stringify(name)});\n` +
    exported.map((each) => `const $${each} = value.${each};\nexport { $${each} as ${each} };\n`).join('') +
    `const whole = ${isCommonJs ? 'value' : 'value.default'};\nexport { whole as default };\n`
  );
}

function registerLoader() {
  const locations = [...served.keys()].flatMap((name) => {
    const alias = name === main ? ['solution', 'solution.js', 'solution.mjs', 'solution.cjs'] : [];
    return [name, name.replace(/\.[cm]?js$/, ''), ...alias.filter((each) => !served.has(each))].map(
      (each) => [`${directory}/${each}`, name],
    );
  });
  globalThis.unitModule = (name) => (name === 'node:test' ? testModule : moduleOf(name).value);
  const sources = Object.fromEntries([...served].map(([name, module]) => [name, sourceOf(name, module)]));
  sources['node:test'] = sourceOf('node:test', { names: Object.keys(testModule), isCommonJs: true });
  const names = Object.fromEntries(locations.filter(([location]) => !isOwn(location)));
  const data = { names, sources };
  const parent = pathToFileURL(`${directory}/`);
  Module.register?.(`data:text/javascript,${encodeURIComponent(LOADER)}`, parent, { data });
}

// The tests: only those of the name are registered.

const real = load('node:test');
let suites = [];

function isWanted(title) {
  const whole = [...suites, title].join(' > ');
  return whole === wanted || whole.endsWith(` > ${wanted}`);
}

const partsOf = (args) => ({
  title:
    typeof args[0] === 'string' ? args[0] : (args.find((each) => typeof each === 'function')?.name ?? ''),
  body: args.find((each) => typeof each === 'function'),
});
const withBody = (args, body) => args.map((each) => (typeof each === 'function' ? body : each));

function suiteWith(register) {
  return (...args) => {
    const { title, body } = partsOf(args);
    if (!body) return register(...args);
    const inside = [...suites, title];
    return register(
      ...withBody(args, (...given) => {
        const outside = suites;
        suites = inside;
        try {
          return body(...given);
        } finally {
          suites = outside;
        }
      }),
    );
  };
}

function testWith(register) {
  return (...args) => {
    const { title, body } = partsOf(args);
    if (!isWanted(title)) return Promise.resolve();
    result.chosen += 1;
    return body
      ? register(...withBody(args, body.length >= 2 ? calledBack(body) : watched(body)))
      : register(...args);
  };
}

function watched(body) {
  return async (context) => {
    try {
      const isSkipped = watchedSkip(context);
      await body(context);
      count(isSkipped());
    } catch (error) {
      result.failure ??= error;
      throw error;
    }
  };
}

function calledBack(body) {
  return (context, done) => {
    const isSkipped = watchedSkip(context);
    return body(context, (error) => {
      if (error) result.failure ??= error;
      else count(isSkipped());
      done(error);
    });
  };
}

/** Whether a test has skipped itself, which is not passing. */
function watchedSkip(context) {
  const { skip } = context;
  let isSkipped = false;
  context.skip = (...args) => {
    isSkipped = true;
    return skip.apply(context, args);
  };
  return () => isSkipped;
}

function count(isSkipped) {
  if (isSkipped) result.failure ??= 'it was skipped';
  else result.passed += 1;
}

function variantsOf(wrap, kind) {
  const variants = ['skip', 'todo', 'only']
    .filter((name) => kind[name])
    .map((name) => [name, wrap(kind[name])]);
  return Object.assign(wrap(kind), Object.fromEntries(variants));
}

const test = variantsOf(testWith, real.test);
const suite = variantsOf(suiteWith, real.describe);
const { before, after, beforeEach, afterEach, mock } = real;
const testModule = Object.assign(test, {
  test,
  it: test,
  describe: suite,
  suite,
  before,
  after,
  beforeEach,
  afterEach,
  mock,
});
Object.assign(globalThis, {
  describe: suite,
  it: test,
  test,
  beforeEach,
  afterEach,
  beforeAll: before,
  afterAll: after,
});

// The end.

function endOf(code) {
  const { chosen, passed, broken } = result;
  const failure = result.failure ?? peer.failedAssertion();
  if (broken !== null)
    return [peer.hasFailed() ? FAILED : BROKEN, `the tests cannot be loaded: ${textOf(broken)}`];
  if (chosen === 0) return [BROKEN, `there is no test ${wanted}`];
  if (code === 0 && passed === chosen && failure === null) return [PASSED, `${passed} passed`];
  return [FAILED, failure === null ? 'it did not end well' : textOf(failure)];
}

function textOf(error) {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

process.on('exit', (code) => {
  const [end, message] = endOf(code);
  fs.writeSync(2, `${WORDS[end]} ${message}`.slice(0, MAX_MESSAGE));
  process.exitCode = end;
});

async function loadTests() {
  const named = tests.filter((file) => /(?:^|\/)test|[._-]test\.[cm]?js$/.test(file));
  for (const file of named.length > 0 ? named : tests) await import(`${directory}/${file}`);
}

registerLoader();
loadTests().catch((error) => {
  result.broken = error;
});
