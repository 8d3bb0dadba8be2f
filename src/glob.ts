// Whether a path matches a pattern of a client: `*` and `?` within a name, `**` over directories. It follows all ways to
// match at once, since a regular expression would try them one after the other, in time without bound.

export type Glob = (path: string) => boolean;

/** Paths of a program's working directory are shorter; a longer one matches nothing. */
const MAX_PATH_LENGTH = 1024;
const SIGN = /\*\*\/|\*\*|[\s\S]/gu;

/** `pattern` is as short as the schema of requests says. */
export function createGlob(pattern: string): Glob {
  const signs = pattern.match(SIGN) ?? [];
  return (path) => {
    if (path.length > MAX_PATH_LENGTH) return false;
    let [places, spare] = [placesFor(signs), placesFor(signs)];
    places.before[0] = 1;
    skip(signs, places);
    for (const character of path) {
      advance(signs, places, character, spare);
      [places, spare] = [spare, places];
    }
    return places.before[signs.length] === 1;
  };
}

/** Where in the pattern a path may be: before a sign, or within the directories that two stars and a slash stand for. */
interface Places {
  readonly before: Uint8Array;
  readonly within: Uint8Array;
}

function placesFor({ length }: readonly string[]): Places {
  return { before: new Uint8Array(length + 1), within: new Uint8Array(length + 1) };
}

/** Stars may match nothing. */
function skip(signs: readonly string[], { before }: Places): void {
  for (let place = 0; place < signs.length; place += 1) {
    const sign = signs[place];
    if (before[place] === 1 && (sign === '*' || sign === '**' || sign === '**/')) before[place + 1] = 1;
  }
}

/** Writes to `next` where the path may be after one more character. */
function advance(
  signs: readonly string[],
  { before, within }: Places,
  character: string,
  next: Places,
): void {
  next.before.fill(0);
  next.within.fill(0);
  const isSlash = character === '/';
  for (let place = 0; place < signs.length; place += 1) {
    if (before[place] === 0 && within[place] === 0) continue;
    const sign = signs[place];
    if (sign === '**/') {
      next.within[place] = 1;
      if (isSlash) next.before[place + 1] = 1;
    } else if (sign === '**' || (sign === '*' && !isSlash)) next.before[place] = 1;
    else if (sign === character || (sign === '?' && !isSlash)) next.before[place + 1] = 1;
  }
  skip(signs, next);
}
