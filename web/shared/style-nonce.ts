// The nonce for styles that scripts add. Browsers hide it from attributes, and show it to scripts.

export function styleNonce(): string {
  return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}
