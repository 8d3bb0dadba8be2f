// Starts the service when this is a Node that can. Plain JavaScript, so that an older Node can say what is wrong.

const LEAST_MAJOR = 24;

if (Number.parseInt(process.versions.node, 10) < LEAST_MAJOR) {
  process.stderr.write(
    `The service needs Node ${LEAST_MAJOR} or newer, this is ${process.versions.node}. ` +
      'Run "npm ci" without --omit=optional, which brings one, and start with "npm start".\n',
  );
  process.exit(1);
}
await import('./src/main.ts');
