// Makes what the escape tests need, the attacks and the weakened supervisors, without running a test: loads each test
// file, which compiles what it names, under a pattern that no test matches. For machines that cannot compile.

import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const files = globSync(join(import.meta.dirname, '*.test.ts'));
const options = ['--test', '--test-name-pattern=^no test has this name$', '--test-reporter=dot'];
execFileSync(process.execPath, [...options, ...files], { stdio: ['ignore', 'ignore', 'inherit'] });
