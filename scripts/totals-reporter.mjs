// A reporter for Node's test runner: writes one line of JSON with what passed, failed and was skipped, and the paths of the
// test files in which something failed. With --experimental-test-coverage also the share of lines that tests ran. Plain
// JavaScript, since the runner of another version may load it.

// biome-ignore lint/style/noDefaultExport: the test runner requires it of reporters
export default async function* totals(events) {
  const failedFiles = new Set();
  let coverage = null;
  for await (const { type, data } of events) {
    if (type === 'test:coverage') coverage = data.summary.totals;
    // A file that broke before its own summary is reported as a test with its name.
    if (type === 'test:fail' && data.nesting === 0 && /\.test\.ts$/.test(data.name))
      failedFiles.add(data.name);
    if (type !== 'test:summary') continue;
    if (data.file !== undefined && !data.success) failedFiles.add(data.file);
    if (data.file === undefined) yield `${JSON.stringify(line(data.counts, failedFiles, coverage))}\n`;
  }
}

function line({ passed, failed, cancelled, skipped }, failedFiles, coverage) {
  const shares = coverage && {
    lines: coverage.coveredLinePercent,
    branches: coverage.coveredBranchPercent,
    functions: coverage.coveredFunctionPercent,
  };
  return { passed, failed: failed + cancelled, skipped, failedFiles: [...failedFiles], coverage: shares };
}
