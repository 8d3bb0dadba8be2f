// Prints every setting that is in force and where it is from; exits with 1 when the service would not start with them.

import { loadConfig } from '../src/config.ts';
import { settingsInForce, settingsReport } from '../src/config-report.ts';
import { readEnvironment } from '../src/environment.ts';
import { policyProblems } from '../src/validation/policy.ts';

const environment = readEnvironment();
const settings = settingsInForce(environment);
const problems = settings.problems.length > 0 ? settings.problems : problemsOfPolicy();
const inForce = { ...settings, problems };
process.stdout.write(`${settingsReport(inForce)}\n`);
if (inForce.problems.length > 0) process.exitCode = 1;

function problemsOfPolicy(): readonly string[] {
  const { validationRules: rules, complexityLimits: limits } = loadConfig(environment.variables);
  return policyProblems({ rules, limits });
}
