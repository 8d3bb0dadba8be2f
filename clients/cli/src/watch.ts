// `ces watch`: runs a program now and at each save, until it is interrupted.

import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Context, programFile } from './options.ts';
import { runOnce } from './run.ts';

const LOOK_MS = 200;

export async function watchFile(context: Context): Promise<number> {
  const { options, terminal } = context;
  const file = programFile(options);
  let seen = Number.NaN;
  for (;;) {
    // Editors replace a file: for a moment there is none.
    const changed = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => seen,
    );
    if (Number.isNaN(seen) && Number.isNaN(changed)) await stat(file);
    if (changed !== seen) {
      seen = changed;
      terminal.printError(terminal.colour('dim', `— ${new Date().toLocaleTimeString()} ${file}`));
      await runOnce(context, '').catch((error: Error) =>
        terminal.printError(terminal.colour('red', error.message)),
      );
    }
    await delay(LOOK_MS);
  }
}
