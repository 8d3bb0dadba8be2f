// Settings of other services' APIs. They are part of the table in config.ts.

import { Type } from 'typebox';
import { origins } from './address-settings.ts';
import { itemsIn, type Setting, setting } from './checked-setting.ts';
import { choice, flag } from './setting.ts';

/** The APIs that may stand beside version 1, as the setting names them. */
const COMPAT_APIS = ['piston', 'judge0', 'jobe', 'sandbox-fusion', 'mcp'] as const;
type CompatApi = (typeof COMPAT_APIS)[number];

export const COMPAT_SETTINGS = {
  compat: compat(
    'COMPAT',
    "Other services' APIs, and MCP, to answer beside version 1, or `none`. Routes of the others are a 404. See docs/moving.md.",
  ),
  compatCodeValidation: choice('COMPAT_CODE_VALIDATION', 'warn', ['enforce', 'warn', 'off'], {
    meaning:
      "`CODE_VALIDATION` for what comes through other services' APIs, which do not validate code. Findings that do not reject code are logged.",
  }),
  mcpAllowedOrigins: origins(
    'MCP_ALLOWED_ORIGINS',
    'Origins of pages that may call `/mcp`, beside those of this machine.',
  ),
  compatAnyVersion: flag(
    'COMPAT_ANY_VERSION',
    false,
    "Whether a version that is not installed, in a request to Piston's API, means the newest one rather than an error.",
  ),
};

function compat(name: string, meaning: string): Setting<readonly CompatApi[]> {
  return setting<readonly CompatApi[]>({
    name,
    schema: Type.Array(Type.Enum([...COMPAT_APIS])),
    defaultText: `\`${COMPAT_APIS.join(',')}\``,
    allowed: `\`none\` or a list of ${COMPAT_APIS.join(', ')}`,
    meaning,
    absent: COMPAT_APIS,
    read: (written) => (written.toLowerCase() === 'none' ? [] : itemsIn(written.toLowerCase())),
  });
}
