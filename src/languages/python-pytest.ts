// Python with pytest: unit tests of Python programs may name it as their language.

import type { Language } from './language.ts';
import { python } from './python.ts';
import { PYTEST } from './unit-tests.ts';

export const pythonPytest: Language = {
  ...python,
  id: 'pytest',
  name: 'Python with pytest',
  aliases: ['python-pytest'],
  versions: {},
  debianPackages: [...python.debianPackages, 'python3-pytest'],
  unitTests: PYTEST,
  examples: {
    hello: {
      code: 'import pytest\n\nprint("Hello, World!")\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: python.examples.sum,
  },
};
