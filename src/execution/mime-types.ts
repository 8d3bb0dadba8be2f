// What a file is by its name: the kinds that programs of learners leave.

const MIME_TYPES: Readonly<Record<string, string>> = {
  ...{ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' },
  ...{ svg: 'image/svg+xml', bmp: 'image/bmp', pdf: 'application/pdf', zip: 'application/zip' },
  ...{ txt: 'text/plain', log: 'text/plain', md: 'text/markdown', csv: 'text/csv', html: 'text/html' },
  ...{ json: 'application/json', xml: 'application/xml', wav: 'audio/wav', ppm: 'image/x-portable-pixmap' },
};

export function mimeTypeOf(path: string): string {
  const extension = path.split('/').at(-1)?.split('.').at(-1)?.toLowerCase() ?? '';
  return Object.hasOwn(MIME_TYPES, extension) ? (MIME_TYPES[extension] ?? '') : 'application/octet-stream';
}
