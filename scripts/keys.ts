// Makes, lists and revokes the API keys of the service whose settings are in force here.

import { runKeyCommand } from '../src/access/key-command.ts';
import { keyFilePath, loadConfig } from '../src/settings/config.ts';
import { readEnvironment } from '../src/settings/environment.ts';

try {
  // The service may refuse to start for want of the very key that is about to be made.
  const variables = { ...readEnvironment().variables, ALLOW_ANONYMOUS: 'true' };
  const path = keyFilePath(loadConfig(variables));
  const { output, notes } = await runKeyCommand(process.argv.slice(2), path);
  process.stderr.write(`${notes}\n`);
  process.stdout.write(output);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
