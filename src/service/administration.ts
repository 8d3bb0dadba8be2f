// What administrators may have done to a running service, put together from the sandbox in use. It knows nothing of
// HTTP.

import manifest from '../../package.json' with { type: 'json' };
import { createImageInstallation, type ImageInstallation } from '../docker/images/image-installation.ts';
import { LANGUAGES, offerLanguages } from '../languages/catalog.ts';
import type { Log } from '../log.ts';
import type { ProblemStore } from '../problems/problem-store.ts';
import type { Config } from '../settings/config.ts';
import type { StoredExecutions } from './open-executions.ts';
import type { ChosenSandbox } from './sandbox-choice.ts';

/** `started` gets how an installation under way is stopped. */
export function createAdministration(
  config: Config,
  log: Log,
  {
    sandbox,
    docker,
    removeExpired,
    problems,
  }: ChosenSandbox &
    Pick<StoredExecutions, 'removeExpired'> & { readonly problems: Pick<ProblemStore, 'cleanUp'> },
  started: AsyncDisposableStack,
) {
  let images: ImageInstallation | null = null;
  if (docker !== null) {
    images = createImageInstallation({
      engine: docker.engine,
      languages: LANGUAGES,
      source: config.imageSource,
      repository: config.imageRepository,
      version: manifest.version,
      mirror: config.debianMirror ?? undefined,
      mayInstall: config.installPackages,
      onInstalled: docker.catalog.refresh,
      log,
    });
    started.defer(images.close);
  }
  return {
    languageId: (name: string) => offerLanguages(config.languages).find(name)?.id ?? null,
    images,
    cleanUp: async () => {
      const { containers, workspaces, builds, bytes } = await sandbox.cleanUp();
      const expired = await removeExpired();
      const unused = await problems.cleanUp();
      const removed = {
        containers,
        workspaces,
        cached_artifacts: builds,
        expired_results: expired.executions,
        unused_blobs: unused.blobs,
      };
      const freedBytes = bytes + expired.bytes + unused.bytes;
      log.info({ ...removed, freed_bytes: freedBytes }, 'cleaned up');
      return { removed, freed_bytes: freedBytes };
    },
  };
}
