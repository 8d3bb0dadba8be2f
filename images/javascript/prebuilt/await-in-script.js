'use strict';
const Module = require('module');
const [begin] = Module.wrapper;
const compile = Module.prototype._compile;
Module.prototype._compile = function (...args) {
  Module.prototype._compile = compile;
  Module.wrapper[0] = begin.replace('(function', '(async function');
  try {
    const [code, ...rest] = args;
    return compile.call(this, String(code).replace(/^#!/, '//'), ...rest);
  } finally {
    Module.wrapper[0] = begin;
  }
};
