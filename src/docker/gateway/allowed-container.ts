// Which containers may be made: exactly those of the Docker driver. Only the few values in which two boxes may differ are
// read from a request; the engine gets a new configuration made from them.

import { MIB } from '../../units.ts';
import {
  type ConfigSettings,
  type ContainerIdentity,
  type ContainerLimits,
  type ContainerSpec,
  containerConfig,
  limitsConfig,
  QUOTA_US,
} from '../container-config.ts';
import { BOX_UIDS, FIRST_BOX_UID } from '../image-layout.ts';
import { boxLabels, readBoxLabels } from '../labels.ts';
import { firstDifference } from './first-difference.ts';
import { Refusal, shown } from './refusal.ts';

export interface ContainerRules {
  readonly settings: ConfigSettings;
  readonly maxMemoryBytes: number;
}

/** A request that was found to be the driver's. */
export interface AllowedContainer {
  /** As the request names it; whether it may be used is not decided yet. */
  readonly image: string;
  /** The body for the engine, with the image by its identifier and further labels. */
  configFor(imageId: string, labels: Readonly<Record<string, string>>): object;
}

const MIN_BYTES = MIB;
const MAX_PROCESSES = 4096;
/** As CPU_LIMIT allows. */
const MAX_CPUS = 64;
const HOME = /^[A-Za-z0-9._/:-]{1,256}$/;
const INSTANCE = /^[0-9a-f-]{36}$/;

/** Throws a `Refusal` that names the first field that the driver would not send. */
export function allowContainer(body: unknown, rules: ContainerRules): AllowedContainer {
  const wanted = recordOf(body, 'the body');
  const host = recordOf(wanted.HostConfig, 'HostConfig');
  const spec: ContainerSpec = {
    image: textOf(wanted.Image, 'Image', /^.{1,512}$/),
    diskBytes: diskBytesOf(host, rules),
    limits: limitsOf(host, 'HostConfig.', rules),
  };
  const identity: ContainerIdentity = { uid: uidOf(wanted.User), labels: labelsOf(wanted.Labels) };
  requireEqual(containerConfig(spec, identity, rules.settings), wanted);
  return {
    image: spec.image,
    configFor: (imageId, labels) =>
      containerConfig(
        { ...spec, image: imageId },
        { ...identity, labels: { ...identity.labels, ...labels } },
        rules.settings,
      ),
  };
}

/** The body of a change of limits, made anew. Throws a `Refusal`. */
export function allowLimits(body: unknown, rules: ContainerRules): object {
  const wanted = recordOf(body, 'the body');
  const config = limitsConfig(limitsOf(wanted, '', rules));
  requireEqual(config, wanted);
  return config;
}

function requireEqual(allowed: object, wanted: unknown): void {
  // As JSON has no undefined, and what is compared with came as JSON.
  const difference = firstDifference(JSON.parse(JSON.stringify(allowed)), wanted);
  if (difference !== null) throw new Refusal(difference);
}

function limitsOf(
  from: Readonly<Record<string, unknown>>,
  prefix: string,
  { maxMemoryBytes }: ContainerRules,
): ContainerLimits {
  const quota =
    from.CpuQuota === -1 ? 0 : integerOf(from.CpuQuota, `${prefix}CpuQuota`, 1, MAX_CPUS * QUOTA_US);
  return {
    memoryBytes: integerOf(from.Memory, `${prefix}Memory`, MIN_BYTES, maxMemoryBytes),
    processes: integerOf(from.PidsLimit, `${prefix}PidsLimit`, 1, MAX_PROCESSES),
    cpuQuota: quota / QUOTA_US,
  };
}

/** Files are in memory: they cannot be more. */
function diskBytesOf(host: Readonly<Record<string, unknown>>, { maxMemoryBytes }: ContainerRules): number {
  const options = recordOf(host.Tmpfs, 'HostConfig.Tmpfs')['/box'];
  const size = /^rw,exec,nosuid,nodev,size=(\d{1,15}),/.exec(typeof options === 'string' ? options : '')?.[1];
  return integerOf(size === undefined ? size : Number(size), 'the size of /box', MIN_BYTES, maxMemoryBytes);
}

function uidOf(value: unknown): number {
  const user = textOf(value, 'User', /^\d{1,9}:\d{1,9}$/);
  return integerOf(Number(user.split(':')[0]), 'the user', FIRST_BOX_UID, FIRST_BOX_UID + BOX_UIDS - 1);
}

function labelsOf(value: unknown): Record<string, string> {
  const { home, instance } = readBoxLabels(recordOf(value, 'Labels'));
  return boxLabels(
    textOf(home, 'the label of the home', HOME),
    textOf(instance, 'the label of the instance', INSTANCE),
  );
}

function recordOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(`${name} must be an object, got ${shown(value)}`);
  return value as Record<string, unknown>;
}

function textOf(value: unknown, name: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value))
    throw new Refusal(`${name} must match ${pattern.source}, got ${shown(value)}`);
  return value;
}

function integerOf(value: unknown, name: string, minimum: number, maximum: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
    return value;
  throw new Refusal(`${name} must be an integer from ${minimum} to ${maximum}, got ${shown(value)}`);
}
