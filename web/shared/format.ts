// Numbers as people read them: 11 ms, 1.24 s, 9.1 MB.

export function formatMs(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? trimZeros(ms.toFixed(1)) : Math.round(ms)} ms`;
  return ms < 60_000 ? formatSeconds(ms / 1000) : `${trimZeros((ms / 60_000).toFixed(1))} min`;
}

/** Seconds of a limit or a use of it: `5 s`, `1.24 s`. */
export function formatSeconds(seconds: number): string {
  return `${trimZeros(seconds.toFixed(2))} s`;
}

export function formatKib(kib: number): string {
  if (kib < 1024) return `${Math.round(kib)} KB`;
  const mib = kib / 1024;
  return mib < 1024
    ? `${mib < 10 ? trimZeros(mib.toFixed(1)) : Math.round(mib)} MB`
    : `${trimZeros((mib / 1024).toFixed(1))} GB`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
