// Python with Matplotlib, which draws into files: `output_files` of a request returns them.

import type { Language } from './language.ts';
import { pythonScientific } from './python-scientific.ts';

/** There is no display, and what is cached is cached for one program. */
const DRAW_INTO_FILES = { MPLBACKEND: 'Agg', MPLCONFIGDIR: '/tmp/matplotlib' };

export const pythonPlots: Language = {
  ...pythonScientific,
  id: 'python-plots',
  name: 'Python with Matplotlib, NumPy and pandas',
  aliases: ['python-matplotlib'],
  debianPackages: [...pythonScientific.debianPackages, 'python3-matplotlib'],
  configuration: ['/etc/matplotlibrc'],
  debianMegabytes: 1209,
  run: (context) => {
    const { argv, environment } = pythonScientific.run(context);
    return { argv, environment: { ...environment, ...DRAW_INTO_FILES } };
  },
  examples: {
    hello: {
      code: 'import matplotlib.pyplot as plt\n\nplt.plot([1, 4, 9])\nplt.savefig("plot.png")\nprint("Hello, World!")\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: pythonScientific.examples.sum,
  },
};
