// Secrets in the environment of the service: keys and passwords that its children inherit unless somebody takes care.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHeld, run } from './attack.ts';
import { attack, SERVING, type Stage, without } from './stage.ts';

const reader = attack(`
int main(void) {
  errno = 0;
  if (getenv("API_KEYS")) escaped("the key is %s", getenv("API_KEYS"));
  else held("find the key");
  for (char **variable = environ; *variable; variable++) printf("variable: %s\\n", *variable);
  return 0;
}`);

/** A stage whose supervisor is started with a secret in its environment. */
function withSecret(stage: Stage): Stage {
  return { ...stage, environment: ['API_KEYS=secret'] };
}

const weak = without('CLEAN_ENVIRONMENT');

test('a program has the variables it was given and no others', async () => {
  const environment = { LANG: 'C.UTF-8' };
  const ending = await run(withSecret(SERVING), reader, { environment });
  assertHeld(ending);
  assert.deepEqual(ending.stdout.match(/^variable: .*$/gm), ['variable: LANG=C.UTF-8']);
  const { escaped } = await run(withSecret(weak), reader, { environment });
  assert.deepEqual(escaped, ['the key is secret']);
});
