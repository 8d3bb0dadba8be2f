// The program of a package that judges outputs, or talks to the solution.

import { REQUEST_SIZES } from '../../limits.ts';
import { PackageFault, type PackageFiles } from './package-files.ts';
import { bytesOf, isProgramFile, type PackageProgram, programsIn, readProgram } from './program-files.ts';

const VALIDATOR_DIRECTORIES = ['output_validators/', 'output_validator/'];

/** `null` if there is none. Throws a `PackageFault` for several, and for scripts. */
export function outputValidator(files: PackageFiles): PackageProgram | null {
  const found = VALIDATOR_DIRECTORIES.flatMap((directory) => {
    const programs = [...programsIn(files, directory)];
    // The program of `output_validator/` may be the directory itself.
    const isItself =
      directory === 'output_validator/' && programs.every(([path]) => files.has(path)) && programs.length > 1;
    return isItself ? [[directory.slice(0, -1), ownFiles(files, directory)] as const] : programs;
  });
  let only: PackageProgram | null = null;
  for (const [path, program] of found) {
    for (const script of ['build', 'run']) {
      if (program.has(script) && !files.has(path))
        throw new PackageFault(
          `${path}/${script}`,
          'is a script, which this service does not run: leave the sources to it',
        );
    }
    const needed = new Map([...program].filter(([name]) => isProgramFile(name)));
    if (bytesOf(needed) > REQUEST_SIZES.filesBytes)
      throw new PackageFault(path, `must have at most ${REQUEST_SIZES.filesBytes} bytes`);
    const read = readProgram(path, needed);
    if (read !== null && only !== null)
      throw new PackageFault(read.path, `must be the only output validator; there is also ${only.path}`);
    only ??= read;
  }
  return only;
}

function ownFiles(files: PackageFiles, directory: string): PackageFiles {
  const own = [...files].filter(([path]) => path.startsWith(directory));
  return new Map(own.map(([path, content]) => [path.slice(directory.length), content]));
}
