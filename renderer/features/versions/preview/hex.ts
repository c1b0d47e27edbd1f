/** The head of a file as bytes: offset, bytes in hexadecimal, the same as text where they are printable. */

export type HexRow = { readonly offset: string; readonly bytes: string; readonly text: string };

/** @param perRow 16, or 8 where there is less room */
export function hexRows(bytes: Uint8Array, perRow: 8 | 16 = 16): readonly HexRow[] {
  const rows: HexRow[] = [];
  const width = Math.max(4, bytes.length.toString(16).length);
  for (let offset = 0; offset < bytes.length; offset += perRow) {
    const part = bytes.subarray(offset, offset + perRow);
    const pairs = [...part].map((byte) => byte.toString(16).padStart(2, '0'));
    rows.push({
      offset: offset.toString(16).padStart(width, '0'),
      bytes: `${pairs.slice(0, 8).join(' ')}${pairs.length > 8 ? `  ${pairs.slice(8).join(' ')}` : ''}`.padEnd(perRow === 16 ? 48 : 23),
      text: [...part].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    });
  }
  return rows;
}
