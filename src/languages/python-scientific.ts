// Python with NumPy, pandas, SymPy and pytest: what reference solutions of data sets import most.

import type { Language } from './language.ts';
import { python } from './python.ts';
import { PYTEST } from './unit-tests.ts';

/** Threads of NumPy would only wait for the one processor of a box. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: '1' };

export const pythonScientific: Language = {
  ...python,
  id: 'python-scientific',
  name: 'Python with NumPy, pandas, SymPy and pytest',
  aliases: ['python-numpy', 'python-pandas', 'python-sympy'],
  debianPackages: [
    ...python.debianPackages,
    'python3-numpy',
    'python3-pandas',
    'python3-sympy',
    'python3-pytest',
  ],
  versions: {},
  debianMegabytes: 414,
  memoryAllowanceMb: 128,
  unitTests: PYTEST,
  run: (context) => {
    const { argv, environment } = python.run(context);
    return { argv, environment: { ...environment, ...ONE_THREAD } };
  },
  examples: {
    hello: {
      code: 'import numpy\nimport pandas\nimport pytest\nimport sympy\n\nprint("Hello, World!")\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'import numpy as np\n\nprint(np.array(input().split(), dtype=np.int64).sum())\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
