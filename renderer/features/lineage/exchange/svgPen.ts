import { drawPicture, pictureFrame, type Ink, type Pen, type PictureColors } from './picture.ts';
import type { Scene } from '../view/scene.ts';

/** Words as XML takes them: what it can't hold at all is left out. */
function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what XML 1.0 has no way to write
  const possible = text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
  return possible.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

function look({ fill, stroke, strokeWidth, dash, opacity }: Ink): string {
  return [
    `fill="${fill ?? 'none'}"`,
    ...(stroke === undefined ? [] : [`stroke="${stroke}" stroke-width="${strokeWidth ?? 1}"`]),
    ...(dash === undefined ? [] : [`stroke-dasharray="${dash.join(' ')}"`]),
    ...(opacity === undefined ? [] : [`opacity="${opacity}"`]),
  ].join(' ');
}

/** The whole graph as SVG: no scripts, no outside resources; words stay words. */
export function svgPicture(scene: Scene, rootKeys: ReadonlySet<string>, colors: PictureColors, title: string): string {
  const frame = pictureFrame(scene);
  const parts: string[] = [];
  const pen: Pen = {
    box: ({ x, y, width, height, radius }, ink, words) =>
      parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" rx="${short(radius)}" ${look(ink)}${words === undefined ? '/>' : `><title>${escaped(words)}</title></rect>`}`),
    way: ({ from, curves }, ink) => parts.push(`<path d="M${from.map(short).join(' ')}${curves.map((curve) => `C${curve.map(short).join(' ')}`).join('')}" ${look(ink)}/>`),
    write: (x, y, text, { size, weight, color, mono = false }) =>
      parts.push(`<text x="${short(x)}" y="${short(y)}" font-size="${size}" font-weight="${weight}" fill="${color}"${mono ? ` font-family="'JetBrains Mono', monospace"` : ''} xml:space="preserve">${escaped(text)}</text>`),
    dot: (x, y, radius, ink) => parts.push(`<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}" ${look(ink)}/>`),
  };
  drawPicture(pen, scene, rootKeys, colors);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${frame.width}" height="${frame.height}" viewBox="0 0 ${frame.width} ${frame.height}" font-family="Inter, 'Helvetica Neue', Arial, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${colors.ground}"/>`,
    `<g transform="translate(${short(frame.x)} ${short(frame.y)})">`,
    ...parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
