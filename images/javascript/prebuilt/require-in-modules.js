'use strict';
globalThis.require = require('module').createRequire('/code/main.js');
