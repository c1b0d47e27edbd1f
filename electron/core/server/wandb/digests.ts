import { VitrineError } from '#shared/contract/index.ts';

/** The protocol writes an MD5 as base64, the catalog as hex. */
export function md5ToWire(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

/** Throws `bad_input` for what is no MD5. */
export function md5FromWire(base64: string, of: string): string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== base64) throw new VitrineError('bad_input', { details: { explanation: `The digest of ${of.slice(0, 200)} is not the base64 of an MD5.` } });
  return bytes.toString('hex');
}

/** A digest of a manifest's entry as the client knows it: what is no MD5 (the checksum of a reference) stays as it is. */
export function digestToWire(checksum: string): string {
  return /^[0-9a-f]{32}$/.test(checksum) ? md5ToWire(checksum) : checksum;
}
