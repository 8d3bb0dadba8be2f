// Scripts that Node.js loads before a program, as sources: they stand among the prebuilt parts of JavaScript and
// TypeScript. They provide what the box hides, and distinguish ends that look alike from outside.

import { NODE_GATE } from './gate.ts';
import { ALLOCATION_FAILED_NUMBER, OWN_SIGNALS } from './watched-end.ts';

export const PRELOAD = `'use strict';
// Without /proc/stat and /proc/cpuinfo Node.js knows no processors.
const os = require('os');
const { cpus } = os;
os.cpus = function () {
  const known = cpus();
  if (known.length > 0) return known;
  return Array.from({ length: os.availableParallelism() }, () => ({
    model: 'unknown',
    speed: 0,
    times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
  }));
};

// Where V8 has no memory left it ends the process by one of these signals, which programs send themselves as others.
const OWN_SIGNALS = ${JSON.stringify(OWN_SIGNALS)};
const { pid, _kill: kill } = process;
const { writeSync } = require('fs');
process._kill = (target, number) => {
  const isOwn = [pid, -pid, 0, -1].includes(Number(target));
  return kill.call(process, target, (isOwn && OWN_SIGNALS[number]) || number);
};
process.abort = () => {
  process._kill(pid, 6);
};

// An allocation that failed is V8's own error: no line of the program stands above it.
const FAILED = /^RangeError: (?:Array buffer allocation failed|Invalid array buffer length)[^\\n]{0,20}\\n    at (?:new \\w+ \\(<anonymous>\\)|\\S* ?\\(node:)/;
process.on('uncaughtExceptionMonitor', (error) => {
  const stack = error instanceof RangeError && typeof error.stack === 'string' ? error.stack.slice(0, 4000) : '';
  if (!FAILED.test(stack) || process.listenerCount('uncaughtException') > 0) return;
  writeSync(2, stack + '\\n');
  kill.call(process, pid, ${ALLOCATION_FAILED_NUMBER});
});
${NODE_GATE}require('module').syncBuiltinESMExports();
`;

/** For a module that calls `require` all the same. */
export const REQUIRE_IN_MODULES = `'use strict';
globalThis.require = require('module').createRequire('/code/main.js');
`;

/** For a script with `await` outside of functions: the main one becomes the body of an async function. */
export const AWAIT_IN_SCRIPT = `'use strict';
const Module = require('module');
const [begin] = Module.wrapper;
const compile = Module.prototype._compile;
Module.prototype._compile = function (...args) {
  Module.prototype._compile = compile;
  Module.wrapper[0] = begin.replace('(function', '(async function');
  try {
    const [code, ...rest] = args;
    return warnIfUnsettled(compile.call(this, String(code).replace(/^#!/, '//'), ...rest));
  } finally {
    Module.wrapper[0] = begin;
  }
};

// As Node.js ends a module whose await never comes back.
function warnIfUnsettled(end) {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  end.then(settle, (error) => {
    settle();
    throw error;
  });
  process.on('exit', () => {
    if (isSettled || process.exitCode !== undefined) return;
    process.exitCode = 13;
    require('fs').writeSync(2, 'Warning: Detected unsettled top-level await\\n');
  });
  return end;
}
`;
