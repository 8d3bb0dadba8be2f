// What people see: colours and a progress bar on a terminal, plain text elsewhere. NO_COLOR and FORCE_COLOR decide over
// colours.

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;
const BAR_WIDTH = 24;

export interface Terminal {
  print(text: string): void;
  printError(text: string): void;
  colour(colour: keyof typeof CODES, text: string): string;
  /** Shows how far something is; the next text replaces it. */
  progress(done: number, total: number): void;
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;

export function createTerminal(output: Stream, errors: Stream, environment = process.env): Terminal {
  const { NO_COLOR = '', FORCE_COLOR = '' } = environment;
  const isColoured = NO_COLOR === '' && (FORCE_COLOR !== '' || output.isTTY === true);
  let hasBar = false;
  const clear = () => {
    if (hasBar) errors.write('\r\x1b[K');
    hasBar = false;
  };
  return {
    print: (text) => {
      clear();
      output.write(text.endsWith('\n') || text === '' ? text : `${text}\n`);
    },
    printError: (text) => {
      clear();
      errors.write(text.endsWith('\n') || text === '' ? text : `${text}\n`);
    },
    colour: (colour, text) => (isColoured ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text),
    progress: (done, total) => {
      if (errors.isTTY !== true) return;
      const filled = total === 0 ? 0 : Math.round((BAR_WIDTH * done) / total);
      errors.write(`\r\x1b[K${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done}/${total}`);
      hasBar = true;
    },
  };
}
