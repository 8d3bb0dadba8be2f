// A reporter for Node's test runner: writes the paths of the test files in which something failed, one a line.

// biome-ignore lint/style/noDefaultExport: the test runner takes its reporters so
export default async function* failedFiles(events) {
  const failed = new Set();
  for await (const { type, data } of events) {
    if (type === 'test:summary' && data.file !== undefined && !data.success) failed.add(data.file);
    // A file that broke before its own summary is told as a test with its name.
    if (type === 'test:fail' && data.nesting === 0 && /\.test\.ts$/.test(data.name)) failed.add(data.name);
  }
  for (const file of failed) yield `${file}\n`;
}
