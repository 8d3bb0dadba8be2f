// Reads from Java source what decides its file's name and the class to start: package, top-level types, `main`.
// It is no parser: it removes what may hide a brace, then counts braces.

import { endOfLiteral } from './literal.ts';

interface TopLevelType {
  readonly name: string;
  readonly isPublic: boolean;
  hasMain: boolean;
}

export interface JavaSource {
  /** Path of the file, e.g. `com/example/Main.java`. */
  readonly file: string;
  /** Binary name of the class to start, e.g. `com.example.Main`. */
  readonly mainClass: string;
}

const OPENING = /\/\/|\/\*|"""|["']/g;
/** What ends each, or hides an end; `endOfLiteral` takes them. */
const ENDS: Readonly<Record<string, RegExp>> = {
  '//': /(?=\n)/g,
  '/*': /\*\//g,
  '"""': /\\[\s\S]|"""/g,
  '"': /\\.|"|(?=\n)/g,
  "'": /\\.|'|(?=\n)/g,
};
const TOKEN =
  /[{}]|\bpublic\b|\b(?:class|interface|enum|record)\s+([\p{L}_$][\p{L}\p{N}_$]*)|\bvoid\s+main\s*\(\s*(?:\)|(?:final\s+)?(?:java\.lang\.)?String\b)/gu;
/** A longer name could not be a file's. */
const MAX_NAME_LENGTH = 100;

export function readJavaSource(code: string): JavaSource {
  const { file, mainClass } = read(code);
  return { file, mainClass };
}

/** Binary name of the class with a `main`; `null` when the source has none. */
export function classWithMain(code: string): string | null {
  const { mainClass, hasMain } = read(code);
  return hasMain ? mainClass : null;
}

function read(code: string): JavaSource & { readonly hasMain: boolean } {
  const text = withoutLiterals(withoutEscapes(code));
  const { types: all, hasMain: hasLooseMain } = topLevelTypes(text);
  const types = all.filter(({ name }) => name.length <= MAX_NAME_LENGTH);
  const packageName = /^\s*(?:@[^;{]*\s)?package\s+([\w$]+(?:\.[\w$]+)*)\s*;/.exec(text)?.[1];
  const publicType = types.find(({ isPublic }) => isPublic);
  const mainType =
    types.find(({ isPublic, hasMain }) => isPublic && hasMain) ?? types.find(({ hasMain }) => hasMain);
  // Methods outside of classes belong to a class with the file's name.
  const anyType = hasLooseMain ? undefined : types[0];
  const fileName = (publicType ?? mainType ?? anyType)?.name ?? 'Main';
  const className = (mainType ?? publicType ?? anyType)?.name ?? 'Main';
  const hasMain = mainType !== undefined || hasLooseMain;
  if (packageName === undefined || packageName.length > MAX_NAME_LENGTH) {
    return { file: `${fileName}.java`, mainClass: className, hasMain };
  }
  return {
    file: `${packageName.replaceAll('.', '/')}/${fileName}.java`,
    mainClass: `${packageName}.${className}`,
    hasMain,
  };
}

/** Java reads these escapes before anything else, in names and comments too. */
function withoutEscapes(code: string): string {
  return code.replace(/\\(?:u+([0-9a-fA-F]{4})|[\s\S])/g, (written, unit?: string) =>
    unit === undefined ? written : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

/** The code with a space for every comment and literal. */
function withoutLiterals(code: string): string {
  const kept: string[] = [];
  let position = 0;
  while (position < code.length) {
    OPENING.lastIndex = position;
    const opening = OPENING.exec(code)?.[0];
    const start = opening === undefined ? code.length : OPENING.lastIndex - opening.length;
    kept.push(code.slice(position, start), ' ');
    const ends = ENDS[opening ?? ''];
    position = ends === undefined ? code.length : endOfLiteral(code, OPENING.lastIndex, ends);
  }
  return kept.join('');
}

function topLevelTypes(text: string): { types: readonly TopLevelType[]; hasMain: boolean } {
  const types: TopLevelType[] = [];
  let hasMain = false;
  let depth = 0;
  let isPublic = false;
  for (const [token, name] of text.matchAll(TOKEN)) {
    if (token === '{') depth++;
    else if (token === '}') {
      depth--;
      if (depth === 0) isPublic = false;
    } else if (token === 'public') isPublic ||= depth === 0;
    else if (name !== undefined && depth === 0) types.push({ name, isPublic, hasMain: false });
    else if (name === undefined && depth === 0) hasMain = true;
    else if (name === undefined && depth === 1) {
      const enclosing = types.at(-1);
      if (enclosing) enclosing.hasMain = true;
    }
  }
  return { types, hasMain };
}
