// Proves that a toolchain works: compiles and runs a language's examples in its root and compares what they print. A
// compiler that is there but does not work is found here and not by the first client.

import type { Language } from '../languages/language.ts';
import type { InstalledToolchain } from './toolchain.ts';
import { tryProgram } from './trial.ts';

/** Throws an error that says what the toolchain did wrong. */
export async function prove(
  language: Language,
  toolchain: InstalledToolchain,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, example] of Object.entries(language.examples)) {
    const { compiled, ran } = await tryProgram(language, toolchain, example, signal);
    if (ran?.exitCode === 0 && ran.stdout === example.expectedOutput) continue;
    const what = ran
      ? `printed ${JSON.stringify(ran.stdout)}, exit code ${ran.exitCode}, ${ran.stderr.trim()}`
      : `compiler: ${compiled?.stderr}${compiled?.stdout}`.trim();
    throw new Error(`${language.id} ${toolchain.version} fails its example ${name}: ${what}`);
  }
}
