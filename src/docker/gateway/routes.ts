// Every request that the gateway accepts, and the request that it makes of it for the engine. None is passed on
// unchanged.

import { KIB } from '../../units.ts';
import type { DockerEngine, ProgressMessage } from '../engine.ts';
import { BOX_FILTERS, NAMELESS_FILTERS } from '../labels.ts';
import { allowContainer, allowLimits, type ContainerRules } from './allowed-container.ts';
import { type AllowedImages, IMAGE_FILTERS } from './allowed-images.ts';
import type { RequestKind } from './bounds.ts';
import type { BoxRegister } from './box-register.ts';
import { requireQuery, type Target } from './parse-request.ts';
import { Refusal } from './refusal.ts';

export interface RouteParts {
  readonly engine: DockerEngine;
  readonly rules: ContainerRules;
  readonly images: AllowedImages;
  readonly boxes: BoxRegister;
  readonly mayPull: boolean;
}

interface Call {
  /** What the path's pattern caught. */
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  /** What the body's JSON holds, where the route takes one. */
  readonly body: unknown;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** For answers that come line by line. */
  readonly onMessage: (message: ProgressMessage) => void;
  /** Takes the engine's clock, which becomes that of the answer. */
  readonly onClock: (seconds: number) => void;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly status: number;
  /** Of the JSON that it takes; without it the request must have no body. */
  readonly maxBodyBytes?: number;
  /** What is bounded together; quick when it is left out. */
  readonly kind?: RequestKind;
  /** Resolves with the answer's JSON. Throws a `Refusal` or an `EngineError`. */
  answer(call: Call): Promise<unknown>;
}

export const ATTACH_PATH = /^\/containers\/([0-9a-f]{64})\/attach$/;
export const ATTACH_QUERY = { stream: '1', stdin: '1', stdout: '1', stderr: '1' };

/** The seccomp profile is most of it. */
const MAX_CONFIG_BYTES = 256 * KIB;
const MAX_LIMITS_BYTES = 4096;
const QUICK_MS = 10_000;
const CREATE_MS = 60_000;
const START_MS = 60_000;
const REMOVE_MS = 60_000;
/** No box lives longer: see clean-up.ts. */
const WAIT_MS = 6 * 3600 * 1000;
const PRUNE_MS = 5 * 60 * 1000;
const PULL_SILENCE_MS = 5 * 60 * 1000;

export function createRoutes(parts: RouteParts): readonly Route[] {
  return [...engineRoutes(parts), ...makingRoutes(parts), ...boxRoutes(parts), ...imageRoutes(parts)];
}

/** Throws a `Refusal` when there is no such route. */
export function findRoute(
  routes: readonly Route[],
  method: string | undefined,
  { path }: Target,
): { route: Route; name: string } {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match) return { route, name: match[1] ?? '' };
  }
  throw new Refusal(`${method} ${path.slice(0, 200)} is nothing that boxes need`);
}

function engineRoutes({ engine }: RouteParts): Route[] {
  const version = async ({ query, signal }: Call) => {
    requireQuery(query, {});
    return engine.request('GET', '/version', { timeoutMs: QUICK_MS, signal });
  };
  return [
    { method: 'GET', path: /^\/version$/, status: 200, answer: version },
    // The engine's own answer is no JSON, and says no more than that it answers.
    { method: 'GET', path: /^\/_ping$/, status: 200, answer: (call) => version(call).then(() => 'OK') },
  ];
}

function makingRoutes({ engine, rules, images, boxes }: RouteParts): Route[] {
  return [
    {
      method: 'POST',
      path: /^\/containers\/create$/,
      status: 201,
      maxBodyBytes: MAX_CONFIG_BYTES,
      async answer({ query, body }) {
        requireQuery(query, {});
        const allowed = allowContainer(body, rules);
        const { Id: imageId } = await images.inspect(allowed.image);
        // Not ended when the client goes: then nobody would know what was made.
        const options = { json: allowed.configFor(imageId, boxes.labels), timeoutMs: CREATE_MS };
        const create = async () =>
          (await engine.request<{ Id: string }>('POST', '/containers/create', options)).Id;
        return { Id: await boxes.make(create), Warnings: [] };
      },
    },
    {
      method: 'GET',
      path: /^\/containers\/json$/,
      status: 200,
      async answer({ query, onClock }) {
        requireQuery(query, { all: 'true', filters: BOX_FILTERS });
        return boxes.list(onClock);
      },
    },
  ];
}

function boxRoutes({ engine, rules, boxes }: RouteParts): Route[] {
  return [
    {
      method: 'POST',
      path: /^\/containers\/([0-9a-f]{64})\/start$/,
      status: 204,
      async answer({ name, query }) {
        requireQuery(query, {});
        boxes.requireOwn(name);
        return engine.request('POST', `/containers/${name}/start`, { timeoutMs: START_MS });
      },
    },
    {
      method: 'POST',
      path: /^\/containers\/([0-9a-f]{64})\/update$/,
      status: 200,
      maxBodyBytes: MAX_LIMITS_BYTES,
      async answer({ name, query, body }) {
        requireQuery(query, {});
        boxes.requireOwn(name);
        const json = allowLimits(body, rules);
        return engine.request('POST', `/containers/${name}/update`, { json, timeoutMs: QUICK_MS });
      },
    },
    {
      method: 'POST',
      path: /^\/containers\/([0-9a-f]{64})\/wait$/,
      status: 200,
      kind: 'wait',
      async answer({ name, query, signal }) {
        requireQuery(query, {});
        await boxes.requireBox(name);
        return engine.request('POST', `/containers/${name}/wait`, {
          timeoutMs: WAIT_MS,
          signal,
          isLong: true,
        });
      },
    },
    {
      method: 'GET',
      path: /^\/containers\/([0-9a-f]{64})\/json$/,
      status: 200,
      async answer({ name, query, signal }) {
        requireQuery(query, {});
        await boxes.requireBox(name);
        return engine.request('GET', `/containers/${name}/json`, { timeoutMs: QUICK_MS, signal });
      },
    },
    {
      method: 'DELETE',
      path: /^\/containers\/([0-9a-f]{64})$/,
      status: 204,
      async answer({ name, query }) {
        requireQuery(query, { force: 'true', v: 'true' });
        await boxes.requireBox(name);
        const options = { query: { force: true, v: true }, timeoutMs: REMOVE_MS };
        await engine.request('DELETE', `/containers/${name}`, options);
        boxes.forget(name);
        return null;
      },
    },
  ];
}

function imageRoutes({ engine, images, mayPull }: RouteParts): Route[] {
  return [
    {
      method: 'GET',
      path: /^\/images\/json$/,
      status: 200,
      async answer({ query }) {
        requireQuery(query, { filters: IMAGE_FILTERS });
        return images.list();
      },
    },
    {
      method: 'GET',
      path: /^\/images\/(.+)\/json$/,
      status: 200,
      async answer({ name, query }) {
        requireQuery(query, {});
        return images.inspect(name);
      },
    },
    {
      method: 'POST',
      path: /^\/images\/prune$/,
      status: 200,
      kind: 'progress',
      async answer({ query }) {
        requireQuery(query, { filters: NAMELESS_FILTERS });
        const options = { query: { filters: NAMELESS_FILTERS }, timeoutMs: PRUNE_MS, isLong: true };
        return engine.request('POST', '/images/prune', options);
      },
    },
    {
      method: 'POST',
      path: /^\/images\/create$/,
      status: 200,
      kind: 'progress',
      async answer({ query, signal, onMessage }) {
        if (!mayPull) throw new Refusal('images may not be pulled: GATEWAY_PULL is false');
        requireQuery(query, { fromImage: null, tag: null });
        const { fromImage = '', tag = '' } = query;
        images.requireName(fromImage, tag);
        const options = { query: { fromImage, tag }, timeoutMs: PULL_SILENCE_MS, signal };
        await engine.progress('/images/create', options, onMessage);
        return null;
      },
    },
  ];
}
