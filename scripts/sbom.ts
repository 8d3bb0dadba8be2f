// Prints the software bill of materials of the service as CycloneDX JSON: every package that `npm ci --omit=dev` installs.
//   npm run --silent sbom > sbom.json

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..');
const OPTIONS = ['--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only', '--omit=dev'];
/** Of npm's output. */
const MAX_BYTES = 64 * 1024 * 1024;

const { status, stdout, stderr } = spawnSync('npm', ['sbom', ...OPTIONS], {
  cwd: PROJECT,
  encoding: 'utf8',
  maxBuffer: MAX_BYTES,
});
if (status === 0) {
  const bill = JSON.parse(stdout);
  // npm names the project after its directory.
  bill.metadata.component.name = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')).name;
  console.log(JSON.stringify(bill, null, 2));
} else {
  console.error(`npm sbom failed, which needs npm 10 or newer: ${stderr}`);
  process.exitCode = 1;
}
