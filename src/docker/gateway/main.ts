// The process of the gateway: `npm run docker-gateway`. Its DOCKER_HOST is the engine, that of the service is where the
// gateway listens; the other settings are the service's own.

import { createLog } from '../../log.ts';
import { ConfigError, loadConfig } from '../../settings/config.ts';
import { adoptVariables, readEnvironment } from '../../settings/environment.ts';
import { MIB } from '../../units.ts';
import { askVersion, createDockerEngine } from '../engine.ts';
import { readSeccompProfile } from '../supervisor-output.ts';
import { startGateway } from './gateway.ts';

const ENGINE_TIMEOUT_MS = 5000;

try {
  await main();
} catch (error) {
  const problem = error instanceof Error ? error.message : String(error);
  const where = error instanceof ConfigError ? 'settings are wrong:\n  ' : '';
  process.stderr.write(`The gateway cannot start: ${where}${problem.replaceAll('\n', '\n  ')}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const environment = readEnvironment();
  adoptVariables(environment);
  // Whether the service is open to everyone does not concern the gateway.
  const config = loadConfig({ ...environment.variables, HOST: '' });
  const log = createLog(config);
  const engine = createDockerEngine(config.dockerHost);
  const version = await askVersion(engine, ENGINE_TIMEOUT_MS);
  const gateway = await startGateway({
    engine,
    listen: config.gatewayListen,
    name: config.gatewayName,
    repository: config.imageRepository,
    seccompProfile: await readSeccompProfile(),
    runtime: config.dockerRuntime ?? undefined,
    mayPull: config.gatewayPull,
    maxContainers: config.gatewayMaxContainers,
    maxMemoryBytes: config.gatewayMaxMemoryMb * MIB,
    log,
  });
  log.info({ engine: config.dockerHost, version }, `Gateway to Docker at ${gateway.address}`);
  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, 'stopping');
    await gateway.close();
    await engine.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
}
