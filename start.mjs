// Starts the service: in this process when its Node can, else in one of the service's own Node. Plain JavaScript, so
// that an older Node can read it.

import { launch } from './scripts/launch.mjs';
import { majorOf, NODE_MAJOR } from './scripts/own-node.mjs';

if (majorOf(process.versions.node) >= NODE_MAJOR) await import('./src/main.ts');
else launch(process.argv.slice(1));
