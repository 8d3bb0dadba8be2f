// The settings of boxes that the supervisor makes.

import { choice, integer } from './setting.ts';

export const NATIVE_SETTINGS = {
  isolation: choice('ISOLATION', 'default', ['default', 'strict'], {
    meaning:
      'Network namespaces without a network: `default` has one for each slot, `strict` a new one for each run, which costs about one millisecond of CPU.',
  }),
  warmMemoryMb: integer(
    'WARM_MEMORY_MB',
    256,
    0,
    65_536,
    'Memory in MB for runtimes (Python, Node.js, Java and its compiler) that the native sandbox starts ahead of their runs; each serves one run. 0 starts none.',
  ),
};
