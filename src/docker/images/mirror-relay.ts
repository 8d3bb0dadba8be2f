// Lets a build use this machine's mirror without leaving a trace in the image: it acts as the build's HTTP proxy and
// answers requests for Debian's hosts from the mirror. A proxy is the one setting that builders record neither in a
// layer nor in the history. It reaches only the mirror.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, EnvHttpProxyAgent, interceptors, request } from 'undici';
import { type DebianMirror, STOCK_MIRROR } from '../../toolchains/debian-mirror.ts';

const PASSED_TO_MIRROR = ['range', 'if-range', 'if-modified-since', 'user-agent'];
const PASSED_BACK = [
  'content-length',
  'content-range',
  'content-type',
  'last-modified',
  'accept-ranges',
  'etag',
];
const MAX_REDIRECTIONS = 5;

export interface MirrorRelay {
  /** For `http_proxy`; reachable from this machine only. */
  readonly url: string;
  close(): Promise<void>;
}

/** The mirror itself is reached through this process's proxy, if its environment names one. */
export async function openMirrorRelay(mirror: DebianMirror): Promise<MirrorRelay> {
  const proxy = new EnvHttpProxyAgent();
  const agent = proxy.compose(interceptors.redirect({ maxRedirections: MAX_REDIRECTIONS }));
  const server = createServer((incoming, outgoing) => {
    relay(incoming, outgoing, mirror, agent).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await proxy.destroy();
    },
  };
}

async function relay(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  mirror: DebianMirror,
  agent: Dispatcher,
): Promise<void> {
  const target = targetOf(incoming.url ?? '', mirror);
  if (incoming.method !== 'GET' || target === null) {
    outgoing.writeHead(403).end();
    return;
  }
  const headers = pick(incoming.headers, PASSED_TO_MIRROR);
  const answer = await request(target, { headers, dispatcher: agent }).catch(() => null);
  if (answer === null) {
    outgoing.writeHead(502).end();
    return;
  }
  outgoing.writeHead(answer.statusCode, pick(answer.headers, PASSED_BACK));
  await pipeline(answer.body, outgoing);
}

/** Security first, since the name of the main archive is the beginning of its. */
function targetOf(url: string, mirror: DebianMirror): string | null {
  for (const archive of ['security', 'main'] as const) {
    const own = `${STOCK_MIRROR[archive]}/`;
    if (url.startsWith(own)) return `${mirror[archive]}/${url.slice(own.length)}`;
  }
  return null;
}

function pick(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const found = names.map((name) => [name, headers[name]] as const);
  return Object.fromEntries(found.filter((each): each is [string, string] => typeof each[1] === 'string'));
}
