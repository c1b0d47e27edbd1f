/** Media types by extension, for previews and downloads. What isn't listed is bytes. */
const types: Readonly<Record<string, string>> = {
  txt: 'text/plain', log: 'text/plain', md: 'text/markdown', csv: 'text/csv', tsv: 'text/tab-separated-values', json: 'application/json', jsonl: 'application/x-ndjson',
  yaml: 'text/yaml', yml: 'text/yaml', toml: 'text/plain', ini: 'text/plain', cfg: 'text/plain', py: 'text/x-python', js: 'text/plain', ts: 'text/plain', sh: 'text/plain',
  xml: 'text/plain', html: 'text/plain', svg: 'text/plain', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp',
};

/** Never a type that a viewer would run: HTML and SVG are text here. */
export function mediaTypeOf(path: string): string {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(types, extension) ? (types[extension] ?? 'application/octet-stream') : 'application/octet-stream';
}
