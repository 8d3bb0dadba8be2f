// Which paths are beyond the work directory. Paths that are merely not there pass: programs open them to show an error.

/** Directories of the machine that no program has business in. */
const SYSTEM = /^\/+(etc|proc|sys|dev|root|var|boot|run|bin|sbin|lib|lib64|host)(\/|$)/;
/** Going there; `..` is where a program may come from. */
export const SYSTEM_DIRECTORY = /^\/+((etc|proc|sys|dev|root|var|boot|run|bin|sbin|lib|lib64|host)(\/|$)|$)/;
/** What people keep secrets in, wherever their home is. */
const SECRETS = /(^|\/)\.(ssh|aws|gnupg|kube|docker|netrc|git-credentials)(\/|$)/;
/** What programs read and write instead of files. */
const STREAMS =
  /^\/+dev\/+(stdin|stdout|stderr|null|zero|full|random|urandom|tty|fd\/[0-2])$|^\/+proc\/+self\/+fd\/+[0-2]$/;
/** Ours, as the programs see them. */
const OWN = /^\/+(box|code|build|tmp)(\/|$)/;

/** True for a path in a directory of the system, in a parent of the work directory, or in a home. */
export function isOutsidePath(path: string): boolean {
  const normal = normalized(path.replace(/^file:\/\//, ''));
  if (STREAMS.test(normal) || OWN.test(normal)) return false;
  return (
    SYSTEM.test(normal) ||
    SECRETS.test(normal) ||
    normal === '/' ||
    /^\.\.(\/|$)/.test(normal) ||
    /^~\w*(\/|$)/.test(normal)
  );
}

/** Sources and what they include lie in directories of the program; three levels up is out of any. */
const MAX_LEVELS_UP = 2;

/** True for what no source may include: absolute paths, and those that lead out of the program's directories. */
export function isOutsideSource(path: string): boolean {
  const normal = normalized(path.replace(/^file:\/\//, ''));
  if (normal.startsWith('/')) return !OWN.test(normal);
  const levels = /^(\.\.(\/|$))*/.exec(normal)?.[0] ?? '';
  return (
    levels.length > 3 * MAX_LEVELS_UP || (levels !== '' && SYSTEM.test(`/${normal.slice(levels.length)}`))
  );
}

/** Without `.` and with `..` taken back as far as it goes. */
function normalized(path: string): string {
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isAbsolute) parts.push('..');
  }
  return `${isAbsolute ? '/' : ''}${parts.join('/')}`;
}
