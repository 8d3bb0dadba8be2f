// Makes, lists and revokes the API keys of the service whose settings are in force here, and the secrets that sign their
// webhooks.

import { runKeyCommand } from '../src/access/key-command.ts';
import { runWebhookSecretCommand, WEBHOOK_SECRET_COMMAND } from '../src/access/webhook-secret-command.ts';
import { createWebhookSecrets } from '../src/access/webhook-secrets.ts';
import { keyFilePath, loadConfig, webhookSecretsPath } from '../src/settings/config.ts';
import { readEnvironment } from '../src/settings/environment.ts';

try {
  // The service may refuse to start for want of the very key that is about to be made.
  const variables = { ...readEnvironment().variables, ALLOW_ANONYMOUS: 'true' };
  const config = loadConfig(variables);
  const webhookSecrets = createWebhookSecrets(webhookSecretsPath(config));
  const [command, ...rest] = process.argv.slice(2);
  const { output, notes } =
    command === WEBHOOK_SECRET_COMMAND
      ? await runWebhookSecretCommand(rest, webhookSecrets)
      : await runKeyCommand(process.argv.slice(2), keyFilePath(config), { webhookSecrets });
  process.stderr.write(`${notes}\n`);
  process.stdout.write(output);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
