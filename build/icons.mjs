/**
 * Draws build/icons/vitrine.svg at every size and puts the pictures into the containers the systems want.
 *
 *   node build/icons.mjs
 *
 * The drawing is done by Electron itself (this file is then its main script), so no picture library is needed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { icns, ico } from './tools/iconContainers.mjs';

const folder = fileURLToPath(new URL('icons/', import.meta.url));
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

/** Inside Electron: one picture after another, drawn on a canvas. */
const draw = async () => {
  const { app, BrowserWindow } = await import('electron');
  void app.whenReady().then(async () => {
    const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true } });
    await window.loadURL('about:blank');
    const source = `data:image/svg+xml;base64,${readFileSync(join(folder, 'vitrine.svg')).toString('base64')}`;
    for (const size of SIZES) {
      const picture = await window.webContents.executeJavaScript(`new Promise((resolve, reject) => {
        const image = new Image();
        image.onerror = () => reject(new Error('the drawing is broken'));
        image.onload = () => {
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = ${size};
          const context = canvas.getContext('2d');
          context.imageSmoothingQuality = 'high';
          context.drawImage(image, 0, 0, ${size}, ${size});
          resolve(canvas.toDataURL('image/png'));
        };
        image.src = ${JSON.stringify(source)};
      })`);
      writeFileSync(join(folder, `${size}x${size}.png`), Buffer.from(picture.slice(picture.indexOf(',') + 1), 'base64'));
    }
    app.quit();
  });
};

const assemble = () => {
  const pictures = new Map(SIZES.map((size) => [size, readFileSync(join(folder, `${size}x${size}.png`))]));
  writeFileSync(join(folder, 'icon.ico'), ico(pictures));
  writeFileSync(join(folder, 'icon.icns'), icns(pictures));
  writeFileSync(join(folder, 'icon.png'), pictures.get(512));
};

const startDrawing = async () => {
  const { prepare } = await import('./prepare.mjs');
  const { machineArguments } = await import('./runtime.mjs');
  const { withDisplay } = await import('./tools/display.mjs');
  const { run } = await import('./tools/run.mjs');
  const runtime = await prepare();
  const profile = mkdtempSync(join(tmpdir(), 'vitrine-icons-'));
  try {
    const code = await withDisplay(
      (display) =>
        run(runtime.path, [...machineArguments(), `--user-data-dir=${profile}`, fileURLToPath(import.meta.url)], {
          env: { ...process.env, ...display },
          stdio: ['ignore', 'inherit', 'ignore'],
        }),
      { always: true },
    );
    if (code !== 0) throw new Error(`drawing failed (${code})`);
    assemble();
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
};

await (process.versions['electron'] === undefined ? startDrawing() : draw());
