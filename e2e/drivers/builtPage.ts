/** A page of the renderer by itself, built and shown in the real runtime under the product's locks: sandbox, isolation, its own content policy. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { _electron, type Page } from '@playwright/test';
import { build } from 'vite';
import { applicationCommand } from './electron.ts';

const checkout = join(import.meta.dirname, '..', '..');
const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' };

export type BuiltPage = {
  readonly page: Page;
  /** Where the pages are served; ends with a slash. */
  readonly address: string;
  /** Requests to anywhere else: a test expects none. */
  readonly strangers: readonly string[];
  close(): Promise<void>;
};

/**
 * Builds a page and opens an empty window for it.
 * @param configFile a Vite configuration, relative to the checkout
 */
export async function openBuiltPage(configFile: string, size = { width: 1280, height: 800 }): Promise<BuiltPage> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-page-'));
  await build({ configFile: join(checkout, configFile), logLevel: 'error', build: { outDir: join(folder, 'pages'), emptyOutDir: true } });
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    try {
      const body = readFileSync(join(folder, 'pages', path));
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' });
      response.end(body);
    } catch {
      response.writeHead(404);
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'page', version: '1.0.0', type: 'module', main: 'main.js' }));
  writeFileSync(
    join(folder, 'main.js'),
    `import { app, BrowserWindow } from 'electron';
     app.whenReady().then(() => new BrowserWindow({ width: ${size.width}, height: ${size.height}, webPreferences: { sandbox: true, contextIsolation: true } }).loadURL('about:blank'));
     app.on('window-all-closed', () => app.quit());`,
  );
  const { program, args } = applicationCommand();
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && name !== 'ELECTRON_RUN_AS_NODE' && name !== 'NODE_OPTIONS') environment[name] = value;
  const app = await _electron.launch({
    executablePath: program,
    args: [...args.slice(0, -1), folder, `--user-data-dir=${join(folder, 'profile')}`],
    env: environment,
    chromiumSandbox: true,
  });
  const page = await app.firstWindow();
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !/^(?:data|blob|about):/u.test(request.url())) strangers.push(request.url());
  });
  return {
    page,
    address,
    strangers,
    close: async () => {
      await app.close();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
