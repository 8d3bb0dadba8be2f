'use strict';
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
    require('fs').writeSync(2, 'Warning: Detected unsettled top-level await\n');
  });
  return end;
}
