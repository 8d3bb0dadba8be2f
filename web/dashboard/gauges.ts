// Gauges without labels in Prometheus's text.

export function gaugesIn(text: string): ReadonlyMap<string, number> {
  const lines = text.matchAll(/^([a-z_]+) ([\d.e+-]+)$/gm);
  return new Map([...lines].map(([, name = '', value]) => [name, Number(value)]));
}
