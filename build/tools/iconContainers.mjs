/** The two icon containers, made from PNG pictures by their size in pixels. Node 20, no dependencies. */

/** @typedef {ReadonlyMap<number, Buffer>} Pictures */

/** Windows: a directory of pictures up to 256 pixels. @param {Pictures} pictures */
export const ico = (pictures) => {
  const chosen = [...pictures].filter(([size]) => size <= 256);
  const header = Buffer.alloc(6 + 16 * chosen.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(chosen.length, 4);
  let offset = header.length;
  for (const [index, [size, png]] of chosen.entries()) {
    const at = 6 + 16 * index;
    // 256 is written as 0.
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...chosen.map(([, png]) => png)]);
};

/** Which picture stands for which macOS kind; `@2x` kinds take the doubled size. */
const ICNS_KINDS = [
  ['icp4', 16], ['ic11', 32], ['icp5', 32], ['ic12', 64], ['icp6', 64], ['ic07', 128], ['ic13', 256], ['ic08', 256], ['ic14', 512], ['ic09', 512],
  ['ic10', 1024],
];

/** macOS. @param {Pictures} pictures */
export const icns = (pictures) => {
  const parts = ICNS_KINDS.flatMap(([kind, size]) => {
    const png = pictures.get(size);
    if (png === undefined) return [];
    const head = Buffer.alloc(8);
    head.write(kind, 0, 'ascii');
    head.writeUInt32BE(8 + png.length, 4);
    return [head, png];
  });
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'ascii');
  head.writeUInt32BE(8 + body.length, 4);
  return Buffer.concat([head, body]);
};
