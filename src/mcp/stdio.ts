// The MCP server over stdio: a process that a client starts, and that runs programs at a service. Only messages of the
// protocol go to stdout. It ends when stdin ends.

import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import manifest from '../../package.json' with { type: 'json' };
import { createMcpServer } from './mcp-server.ts';
import { createRemoteRunner } from './remote-runner.ts';

const { SERVICE_URL: url = 'http://127.0.0.1:3004', API_KEY: apiKey = '' } = process.env;

try {
  const server = await createMcpServer(createRemoteRunner({ url, apiKey }), manifest.version);
  process.stdin.once('end', () => void server.close().then(() => process.exit(0)));
  await server.connect(new StdioServerTransport());
} catch (error) {
  process.stderr.write(`The MCP server cannot start: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
