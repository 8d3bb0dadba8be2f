// Builds the images of the Docker sandbox:
// `npm run images -- [NAME...] [--base IMAGE] [--network NAME] [--fresh] [--verbose]`.
// Without names, one for each usual language and one with all of them; the further languages by name. What is up to date
// is left alone.

import { parseArgs } from 'node:util';
import manifest from '../package.json' with { type: 'json' };
import { createDockerEngine } from '../src/docker/engine.ts';
import { buildImages } from '../src/docker/images/build-images.ts';
import { FURTHER_LANGUAGES, LANGUAGES } from '../src/languages/catalog.ts';
import { loadConfig } from '../src/settings/config.ts';
import { adoptVariables, readEnvironment } from '../src/settings/environment.ts';

/** Shown when a build fails. */
const LAST_LINES = 30;
const LINE_WIDTH = 140;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string' },
    network: { type: 'string' },
    fresh: { type: 'boolean' },
    verbose: { type: 'boolean' },
  },
});
const environment = readEnvironment();
adoptVariables(environment);
const config = loadConfig(environment.variables);
const engine = createDockerEngine(config.dockerHost);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('interrupted')));
const lastLines: string[] = [];
try {
  const images = await buildImages(engine, {
    languages: LANGUAGES,
    further: FURTHER_LANGUAGES,
    names: positionals,
    repository: config.imageRepository,
    version: manifest.version,
    mirror: config.debianMirror ?? undefined,
    mayInstall: config.installPackages,
    ...values,
    signal: stop.signal,
    onProgress: ({ image, message, isDetail = false }) => {
      lastLines.push(message);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      if (values.verbose || !isDetail)
        console.log(`${image}: ${message.replace(/\s+/g, ' ')}`.slice(0, LINE_WIDTH));
    },
  });
  console.log();
  for (const { reference, isNew, seconds, bytes } of images) {
    const how = isNew ? `built in ${seconds.toFixed(0)} s` : 'is up to date';
    console.log(`${reference} ${how}, ${Math.round(bytes / 1e6)} MB`);
  }
} catch (error) {
  if (!values.verbose) console.error(lastLines.join('\n'));
  console.error(`\nImages could not be built: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await engine.close();
}
