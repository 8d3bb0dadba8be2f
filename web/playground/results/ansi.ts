// The colours that programs write: ANSI's colours, bold and underline become classes; all other sequences are dropped.

export interface StyledText {
  readonly text: string;
  /** Names of classes, such as `ansi-1 ansi-bold`; empty for plain text. */
  readonly classes: string;
}

const COLOUR_COUNT = 8;
// A control sequence, an operating system command, or another sequence of two characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched
const SEQUENCE = /\x1b(?:\[([0-9;:?<=>]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;

interface Style {
  colour: number | null;
  isBold: boolean;
  isUnderlined: boolean;
}

export function parseAnsi(text: string): StyledText[] {
  if (!text.includes('\x1b')) return [{ text, classes: '' }];
  const parts: StyledText[] = [];
  const style: Style = { colour: null, isBold: false, isUnderlined: false };
  let end = 0;
  const push = (until: number) => {
    if (until > end) parts.push({ text: text.slice(end, until), classes: classesOf(style) });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index);
    end = match.index + match[0].length;
    if (match[2] === 'm') applyCodes(style, match[1] ?? '');
  }
  push(text.length);
  return parts;
}

function applyCodes(style: Style, codes: string): void {
  const numbers = codes === '' ? [0] : codes.split(/[;:]/).map(Number);
  for (let index = 0; index < numbers.length; index += 1) {
    const code = numbers[index] ?? 0;
    if (code === 0) Object.assign(style, { colour: null, isBold: false, isUnderlined: false });
    else if (code === 1) style.isBold = true;
    else if (code === 4) style.isUnderlined = true;
    else if (code === 22) style.isBold = false;
    else if (code === 24) style.isUnderlined = false;
    else if (code === 39) style.colour = null;
    else if (code >= 30 && code < 30 + COLOUR_COUNT) style.colour = code - 30;
    else if (code >= 90 && code < 90 + COLOUR_COUNT) style.colour = code - 90;
    // Colours of 256 or of 16 million are left out, with their arguments.
    else if (code === 38 || code === 48) index += numbers[index + 1] === 2 ? 4 : 2;
  }
}

function classesOf({ colour, isBold, isUnderlined }: Style): string {
  const names = [
    colour === null ? '' : `ansi-${colour}`,
    isBold ? 'ansi-bold' : '',
    isUnderlined ? 'ansi-underline' : '',
  ];
  return names.filter((name) => name !== '').join(' ');
}
