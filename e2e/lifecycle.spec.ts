/** The app as a set of processes: starting, falling, starting again, ending; one window per catalog; what the system hands in and out. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { MenuCommand, StartupFacts, VitrineBridge } from '#shared/contract/bridge.ts';
import { applicationCommand, coreOf, freshDirectory, launchVitrine, spawnVitrine, type Vitrine } from './drivers/electron.ts';

declare global {
  interface Window {
    readonly vitrine: VitrineBridge;
  }
}

/** Apps to end and folders to remove, whatever happens. */
const open: Vitrine[] = [];
const folders: string[] = [];
test.afterEach(async () => {
  for (const each of open.splice(0)) await each.close({ keepData: true });
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function fresh(): string {
  const folder = freshDirectory();
  folders.push(folder);
  return folder;
}

async function launch(dataDirectory = fresh(), args: readonly string[] = []): Promise<Vitrine> {
  const vitrine = await launchVitrine({ dataDirectory, args });
  open.push(vitrine);
  return vitrine;
}

const phaseOf = (vitrine: Vitrine): Promise<StartupFacts['phase']> => vitrine.window.evaluate(() => window.vitrine.startup().phase);

function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch {
    return false;
  }
}

/** Every process below one, as the system lists them. */
function descendants(parent: number): readonly { readonly pid: number; readonly command: string }[] {
  const all = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).stdout.split('\n').flatMap((line) => {
    const [, pid, above, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/u.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), above: Number(above), command: command ?? '' }];
  });
  const below = (above: number): typeof all => all.filter((each) => each.above === above).flatMap((each) => [each, ...below(each.pid)]);
  return below(parent);
}

test('window and core start, say so, and end in order', async () => {
  const vitrine = await launch();
  await vitrine.facts.wait('core-ready');
  await vitrine.facts.wait('port-given');
  const shown = await vitrine.facts.wait('window-ready');
  expect(Object.keys(shown['marks'] as object)).toEqual(['main', 'ready', 'window-created', 'window-shown']);
  expect(await vitrine.window.evaluate(() => window.vitrine.startup())).toEqual({ phase: 'ready', dataDirectory: vitrine.dataDirectory, readOnly: false });
  const core = await coreOf(vitrine);
  await vitrine.close({ keepData: true });
  // A process that ended is listed until somebody above it has noticed.
  await expect.poll(() => isRunning(core)).toBe(false);
  expect(vitrine.facts.all().find((fact) => fact.fact === 'core-exited')).toMatchObject({ code: 0 });
  expect(readFileSync(join(vitrine.dataDirectory, 'logs', 'main.log'), 'utf8')).toContain('info quit');
  expect(vitrine.pageErrors).toEqual([]);
});

test('the first frame that is drawn is that of the window, not of an empty page', async () => {
  const vitrine = await launch();
  await expect.poll(() => vitrine.window.evaluate(() => performance.getEntriesByName('first-contentful-paint').length)).toBe(1);
  const { first, filled } = await vitrine.window.evaluate(() => {
    const paints = new Map(performance.getEntriesByType('paint').map((entry) => [entry.name, entry.startTime]));
    return { first: paints.get('first-paint'), filled: paints.get('first-contentful-paint') };
  });
  expect(first).toBe(filled);
});

test('core falls, is started again, and the window goes on', async () => {
  const vitrine = await launch();
  await vitrine.facts.wait('core-ready');
  const first = await coreOf(vitrine);
  const before = vitrine.facts.all().length;
  process.kill(first, 'SIGKILL');
  await vitrine.facts.wait('core-exited', { after: before });
  await vitrine.facts.wait('port-given', { after: before });
  await vitrine.facts.wait('core-ready', { after: before });
  expect(await coreOf(vitrine)).not.toBe(first);
  await expect.poll(() => phaseOf(vitrine)).toBe('ready');
});

test('a page that falls is loaded again and gets a port of its own', async () => {
  // Without a debugger: one would hold the fallen page for inspection.
  const run = spawnVitrine(fresh());
  await run.facts.wait('core-ready', { timeout: 60_000 });
  await run.facts.wait('window-ready');
  const before = run.facts.all().length;
  const pages = descendants(run.child.pid ?? 0).filter((each) => each.command.includes('--type=renderer'));
  expect(pages).toHaveLength(1);
  process.kill(pages[0]?.pid ?? 0, 'SIGKILL');
  await run.facts.wait('page-gone', { after: before });
  await run.facts.wait('bridge-ready', { after: before });
  await run.facts.wait('port-given', { after: before });
  run.child.kill('SIGTERM');
  expect(await run.exited).toBe(0);
});

test('when the app itself is killed, nothing of it stays, and the next start finds the catalog well', async () => {
  const data = fresh();
  const killed = spawnVitrine(data);
  await killed.facts.wait('core-ready', { timeout: 60_000 });
  const children = descendants(killed.child.pid ?? 0).map((each) => each.pid);
  expect(children.length).toBeGreaterThan(2);
  killed.child.kill('SIGKILL');
  await killed.exited;
  await expect.poll(() => children.filter(isRunning), { timeout: 60_000 }).toEqual([]);
  const vitrine = await launch(data);
  await vitrine.facts.wait('core-ready');
  expect(await phaseOf(vitrine)).toBe('ready');
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends the app in order`, async () => {
    const run = spawnVitrine(fresh());
    await run.facts.wait('core-ready', { timeout: 60_000 });
    run.child.kill(signal);
    expect(await run.exited).toBe(0);
    expect(run.facts.all().map((fact) => fact.fact)).toContain('quit');
    expect(run.facts.all().find((fact) => fact.fact === 'core-exited')).toMatchObject({ code: 0 });
  });
}

test('a second start on the same catalog wakes the first and hands over its address', async () => {
  const vitrine = await launch();
  await vitrine.facts.wait('core-ready');
  await vitrine.window.evaluate(() => {
    const heard: string[] = [];
    Reflect.set(window, 'heardAddresses', heard);
    window.vitrine.onOpenAddress((address) => heard.push(address));
  });
  await vitrine.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
  const second = spawnVitrine(vitrine.dataDirectory, { args: ['vitrine://registry/Models/gemma', 'https://example.org'] });
  expect(await second.exited).toBe(0);
  expect(second.facts.all().map((fact) => fact.fact)).toContain('second-instance-handed-over');
  await vitrine.facts.wait('second-instance');
  await expect.poll(() => vitrine.window.evaluate(() => Reflect.get(window, 'heardAddresses') as unknown)).toEqual(['vitrine://registry/Models/gemma']);
  await expect.poll(() => vitrine.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((each) => each.isMinimized()))).toEqual([false]);
});

test('apps on different catalogs stand beside each other', async () => {
  const one = await launch();
  const two = await launch();
  await one.facts.wait('core-ready');
  await two.facts.wait('core-ready');
  expect([await phaseOf(one), await phaseOf(two)]).toEqual(['ready', 'ready']);
});

test('a catalog that can’t be opened is a fact for the window, not a blank page', async () => {
  const data = fresh();
  // A folder in the place of the catalog's file: no SQLite opens that.
  mkdirSync(join(data, 'catalog.db'));
  const vitrine = await launch(data);
  const failed = await vitrine.facts.wait('core-failed');
  await expect.poll(() => phaseOf(vitrine)).toBe('failed');
  const facts = await vitrine.window.evaluate(() => window.vitrine.startup());
  expect(facts).toMatchObject({ phase: 'failed', dataDirectory: data, error: { code: failed['code'] } });
  expect((await vitrine.window.locator('body').innerText()).trim()).not.toBe('');

  // The cause removed, the person asks again.
  rmSync(join(data, 'catalog.db'), { recursive: true });
  await vitrine.window.evaluate(() => window.vitrine.retryCore());
  await vitrine.facts.wait('core-ready');
  await expect.poll(() => phaseOf(vitrine)).toBe('ready');
});

test('the app ends at once when core has already ended', async () => {
  const data = fresh();
  mkdirSync(join(data, 'catalog.db'));
  const vitrine = await launch(data);
  await vitrine.facts.wait('core-exited');
  // Throws when the app has to be killed.
  await vitrine.close({ keepData: true });
  expect(vitrine.facts.all().map((fact) => fact.fact)).toContain('quit');
});

test('the window remembers its place and its look, and opens on a screen', async () => {
  const data = fresh();
  const first = await launch(data);
  await first.facts.wait('bridge-ready');
  await first.window.evaluate(() => window.vitrine.setAppearance({ theme: 'dark', density: 'compact' }));
  await expect.poll(() => first.window.evaluate(() => window.vitrine.appearance())).toMatchObject({ theme: 'dark', density: 'compact', dark: true });
  await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 60, width: 900, height: 700 }));
  await expect.poll(() => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toMatchObject({ width: 900, height: 700 });
  await first.close({ keepData: true });

  const second = await launch(data);
  await expect.poll(() => second.window.evaluate(() => window.vitrine.appearance())).toMatchObject({ theme: 'dark', density: 'compact', dark: true });
  await expect.poll(() => second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toMatchObject({ width: 900, height: 700 });
  expect(await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBackgroundColor().toLowerCase())).toBe('#15181b');
  await second.close({ keepData: true });

  // The screen it stood on is gone.
  const file = join(data, 'window', 'window-state.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), bounds: { x: 90_000, y: 90_000, width: 900, height: 700 } }));
  const third = await launch(data);
  await expect.poll(() => third.app.evaluate(({ BrowserWindow, screen }) => {
    const bounds = BrowserWindow.getAllWindows()[0]?.getBounds();
    const { workArea } = screen.getPrimaryDisplay();
    return bounds !== undefined && bounds.x < workArea.x + workArea.width - 100 && bounds.y < workArea.y + workArea.height - 100;
  })).toBe(true);
});

test('the menu reaches the page, but undo in a field stays in the field', async () => {
  const vitrine = await launch();
  await vitrine.facts.wait('bridge-ready');
  await vitrine.window.evaluate(() => {
    const heard: string[] = [];
    Reflect.set(window, 'heardCommands', heard);
    window.vitrine.onMenuCommand((command) => heard.push(command));
  });
  const choose = (id: MenuCommand): Promise<void> =>
    vitrine.app.evaluate(({ Menu }, each) => {
      const item = Menu.getApplicationMenu()?.getMenuItemById(each);
      if (item === null || item === undefined) throw new Error(`There is no ${each} in the menu.`);
      (item.click as () => void)();
    }, id);
  const heard = (): Promise<unknown> => vitrine.window.evaluate(() => Reflect.get(window, 'heardCommands') as unknown);
  await choose('help.shortcuts');
  await choose('edit.undo');
  await expect.poll(heard).toEqual(['help.shortcuts', 'edit.undo']);
  // What the first opens has the focus before a field takes it.
  await expect.poll(() => vitrine.window.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)).toBe(true);

  await vitrine.window.evaluate(() => {
    const field = document.createElement('textarea');
    field.id = 'field';
    (document.querySelector('dialog[open], [role="dialog"]') ?? document.body).append(field);
    field.focus();
  });
  // At once: typed letter by letter it would be undone in parts.
  await vitrine.window.keyboard.insertText('written');
  const written = (): Promise<string> => vitrine.window.evaluate(() => (document.getElementById('field') as HTMLTextAreaElement).value);
  await expect.poll(written).toBe('written');
  await choose('edit.undo');
  await expect.poll(written).toBe('');
  expect(await heard()).toEqual(['help.shortcuts', 'edit.undo']);

  // What the page tells of itself shows in the menu.
  await vitrine.window.evaluate(() => window.vitrine.setMenuState({ undo: 'moving “production”', canGoBack: true }));
  await expect.poll(() => vitrine.app.evaluate(({ Menu }) => [Menu.getApplicationMenu()?.getMenuItemById('edit.undo')?.label, Menu.getApplicationMenu()?.getMenuItemById('go.back')?.enabled])).toEqual(['Undo moving “production”', true]);
  await choose('view.theme.dark');
  await expect.poll(() => vitrine.window.evaluate(() => window.vitrine.appearance().theme)).toBe('dark');
});

test('files given to the window have their paths; dialogs give paths that may then be shown', async () => {
  const vitrine = await launch();
  await vitrine.facts.wait('bridge-ready');
  const file = join(vitrine.dataDirectory, 'mödel weights.bin');
  writeFileSync(file, 'weights');
  await vitrine.window.evaluate(() => {
    const field = document.createElement('input');
    field.type = 'file';
    field.id = 'picker';
    document.body.append(field);
  });
  await vitrine.window.setInputFiles('#picker', file);
  const paths = await vitrine.window.evaluate(() => window.vitrine.pathsOfFiles([...((document.getElementById('picker') as HTMLInputElement).files ?? []), new File(['made'], 'by-the-page.txt')]));
  expect(paths).toEqual([file]);

  // The system's dialog and file manager can't be driven; what they are asked and answer can.
  const chosen = fresh();
  await vitrine.app.evaluate(({ dialog, shell }, folder) => {
    const asked: unknown[] = [];
    Reflect.set(globalThis, 'asked', asked);
    dialog.showOpenDialog = (async (...args: unknown[]) => {
      asked.push((args.at(-1) as { properties: unknown }).properties);
      return { canceled: asked.length === 1, filePaths: asked.length === 1 ? [] : [folder] };
    }) as typeof dialog.showOpenDialog;
    shell.showItemInFolder = (path: string) => void asked.push(path);
  }, chosen);
  const answers = await vitrine.window.evaluate(async (folder) => [
    await window.vitrine.revealInFolder(folder),
    await window.vitrine.chooseFolder({ title: 'Where to?' }),
    await window.vitrine.chooseFolder({ title: 'Where to?' }),
    await window.vitrine.openPathsDialog({ kind: 'files', title: 'Which?' }),
    await window.vitrine.openPathsDialog({ kind: 'folder', title: 'Which?' }),
    await window.vitrine.revealInFolder(folder),
  ], chosen);
  expect(answers).toEqual([false, null, chosen, [chosen], [chosen], true]);
  expect(await vitrine.app.evaluate(() => Reflect.get(globalThis, 'asked') as unknown)).toEqual([
    ['openDirectory', 'createDirectory', 'promptToCreate'], ['openDirectory', 'createDirectory', 'promptToCreate'], ['openFile', 'multiSelections'], ['openDirectory', 'multiSelections'], chosen,
  ]);
});

test('a version is dragged out of a folder that main made, and of no other', async () => {
  const vitrine = await launch();
  await vitrine.facts.wait('bridge-ready');
  // The drag itself belongs to the system, which would wait for a pointer; that it is begun, and with what, is seen here.
  await vitrine.app.evaluate(({ BrowserWindow }) => {
    const dragged: string[][] = [];
    Reflect.set(globalThis, 'dragged', dragged);
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (contents !== undefined) contents.startDrag = (item) => void dragged.push(item.files ?? [item.file]);
  });
  const folder = await vitrine.window.evaluate(() => window.vitrine.prepareDragOut());
  writeFileSync(join(folder, 'model.bin'), 'weights');
  const before = vitrine.facts.all().length;
  await vitrine.window.evaluate(([ours, other]) => {
    window.vitrine.startDragOut(other ?? '');
    window.vitrine.startDragOut(ours ?? '');
  }, [folder, vitrine.dataDirectory]);
  await vitrine.facts.wait('drag-out', { after: before });
  expect(await vitrine.app.evaluate(() => Reflect.get(globalThis, 'dragged') as unknown)).toEqual([[join(folder, 'model.bin')]]);
  await vitrine.close({ keepData: true });
  expect(existsSync(folder)).toBe(false);
});

test('the command line runs inside the app’s program, without a display, with its own exit code', () => {
  const { program, args } = applicationCommand();
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !['DISPLAY', 'WAYLAND_DISPLAY', 'ELECTRON_RUN_AS_NODE'].includes(name)));
  const run = (...rest: readonly string[]) => spawnSync(program, [...args, '--cli', '--', ...rest], { encoding: 'utf8', timeout: 180_000, env: { ...environment, VITRINE_DATA: fresh() } });
  const version = run('--version');
  expect([version.status, version.stdout.trim()]).toEqual([0, (JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string }).version]);
  const listed = run('ls', '--json');
  expect([listed.status, Array.isArray(JSON.parse(listed.stdout))]).toEqual([0, true]);
  // `--type=…` would make Chromium another process, if it ever saw it.
  const refused = run('log', '--type=model', '--name', 'gemma', '/no/such/file');
  expect(refused.status).not.toBe(0);
  expect(refused.signal).toBeNull();
  expect(refused.stderr).toContain('/no/such/file');
});
