// The dialects that the settings name, added to the server.

import type { FastifyInstance } from 'fastify';
import { type DialectParts, dialectPlugin } from './dialect.ts';
import { jobe } from './jobe.ts';
import { judge0 } from './judge0.ts';
import { mcp } from './mcp.ts';
import { piston } from './piston.ts';
import { sandboxFusion } from './sandbox-fusion.ts';

const DIALECTS = [piston, judge0, jobe, sandboxFusion, mcp];

export async function addDialects(app: FastifyInstance, parts: DialectParts): Promise<void> {
  const chosen = DIALECTS.filter(({ api }) => (parts.config.compat as readonly string[]).includes(api));
  for (const dialect of chosen) {
    for (const prefix of dialect.prefixes) {
      await app.register(dialectPlugin, { dialect, parts, isRoot: prefix === '', prefix });
    }
  }
}
