// Prints every setting that is in force and where it is from; exits with 1 when the service would not start with them.

import { settingsInForce, settingsReport } from '../src/settings/config-report.ts';
import { readEnvironment } from '../src/settings/environment.ts';

const inForce = settingsInForce(readEnvironment());
process.stdout.write(`${settingsReport(inForce)}\n`);
if (inForce.problems.length > 0) process.exitCode = 1;
