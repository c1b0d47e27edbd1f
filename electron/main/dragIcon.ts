import { nativeImage, type NativeImage } from 'electron';

const size = 32;
/** Blue, green, red, alpha. */
const paper = [0xfe, 0xfd, 0xfd, 0xff] as const;
const line = [0x9a, 0x6e, 0x2b, 0xff] as const;

/** A sheet with a frame: what hangs at the pointer while a version is dragged out. */
export function dragIcon(): NativeImage {
  const pixels = Buffer.alloc(size * size * 4);
  for (let y = 2; y < size - 2; y += 1)
    for (let x = 6; x < size - 6; x += 1) {
      const edge = y < 4 || y >= size - 4 || x < 8 || x >= size - 8;
      pixels.set(edge ? line : paper, (y * size + x) * 4);
    }
  return nativeImage.createFromBitmap(pixels, { width: size, height: size });
}
