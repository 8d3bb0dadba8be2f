'use strict';
const Module = require('module');
const [begin] = Module.wrapper;
const compile = Module.prototype._compile;
Module.prototype._compile = function (...args) {
  Module.prototype._compile = compile;
  Module.wrapper[0] = begin.replace('(function', '(async function');
  try {
    const ended = compile.apply(this, args);
    return ended;
  } finally {
    Module.wrapper[0] = begin;
  }
};
