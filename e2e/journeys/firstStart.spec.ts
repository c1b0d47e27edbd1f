/** The first start and its four ways: sample, folder, remote, Python; and that the Python shown works as it is shown. */
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from '@playwright/test';
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress, heading, sidebarItem, statusLine, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder, modelFolder, safetensors, workshop } from './workshop.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const withoutPython = 'there is no python3 on this machine';

/** Runs a script as somebody who pasted it into a file would. */
async function runPython(code: string, at: string): Promise<{ readonly stdout: string; readonly folder: string }> {
  const file = join(at, 'snippet.py');
  writeFileSync(file, code);
  const { stdout } = await promisify(execFile)('python3', [file], { cwd: at, encoding: 'utf8', timeout: 180_000 });
  return { stdout, folder: at };
}

const codeOf = (within: Locator): Promise<string> => within.locator('pre').first().innerText();

test('the first start offers its five ways', async ({ launch }) => {
  const { window, pageErrors } = await launch(folder());
  await expect(heading(window)).toContainText('Welcome to Vitrine');
  for (const way of ['Import a folder', 'Connect a script', 'Look around first', 'Bring an old registry', 'Connect a remote']) await expect(window.getByRole('heading', { name: way })).toBeVisible();
  for (const [name, opens] of [['Connect a script…', 'Connect a script'], ['Import…', 'Import'], ['Connect a remote…', 'Connect an MLflow server']] as const) {
    const button = window.getByRole('button', { name });
    await button.click();
    await expect(window.getByRole('dialog', { name: opens })).toBeVisible();
    await window.keyboard.press('Escape');
    // Focus goes back, also where a field of the dialog took it at once.
    await expect(button).toBeFocused();
  }
  await window.keyboard.press('ControlOrMeta+k');
  await window.getByRole('combobox').fill('connect a remote');
  await expect(window.getByRole('option', { name: /Connect a remote…/u })).toHaveAttribute('aria-selected', 'true');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('dialog', { name: 'Connect an MLflow server' })).toBeVisible();
  await window.keyboard.press('Escape');
  expect(pageErrors).toEqual([]);
});

test('a folder chosen at the first start becomes a version, and the start page is one of a catalog in use', async ({ launch }) => {
  const data = folder();
  const { app, window, pageErrors } = await launch(data);
  const files = modelFolder(join(folder(), 'minilm'), 1);
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = (() => Promise.resolve({ canceled: false, filePaths: [path] })) as typeof dialog.showOpenDialog;
  }, files);
  await window.getByRole('button', { name: 'Choose a folder…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Log a new version' });
  const name = dialog.getByRole('textbox', { name: 'Artifact' });
  await expect(name).toHaveValue('minilm');

  await test.step('names that break a rule are said while they are typed, and can’t be sent', async () => {
    for (const [wrong, says] of [['mini lm', '“ ” (position 5) is not allowed'], ['', 'at least one character'], ['x'.repeat(129), 'at most 128 characters'], ['..', 'means a folder']] as const) {
      await name.fill(wrong);
      await expect(dialog).toContainText(says);
      await expect(dialog.getByRole('button', { name: 'Log version' })).toHaveAttribute('aria-disabled', 'true');
      await name.press('Enter');
    }
    await name.fill('minilm');
    await dialog.getByRole('textbox', { name: 'Aliases' }).fill('v3');
    await expect(dialog).toContainText('always a version number');
    await dialog.getByRole('textbox', { name: 'Aliases' }).fill('first');
    await expect(dialog).not.toContainText('always a version number');
    expect(await vitrineJson(['ls', 'projects'], { data })).toEqual([]);
  });
  await dialog.getByRole('button', { name: 'Log version' }).click();
  await expect(toast(window, 'Logged minilm v0')).toBeVisible();
  await expect(heading(window)).toContainText('Start');
  await expect(statusLine(window)).toContainText('1 version');
  expect(pageErrors).toEqual([]);
});

test('the sample is a believable team’s', async ({ launch }) => {
  const data = folder();
  const { window, pageErrors } = await launch(data);
  await window.getByRole('button', { name: 'Add the sample catalog' }).click();
  await expect(toast(window, 'The sample is here: 150 versions in 12 collections')).toBeVisible({ timeout: 60_000 });
  await expect(heading(window)).toContainText('Registries');
  for (const registry of ['Models', 'Datasets', 'Edge Models']) await expect(sidebarItem(window, registry).first()).toBeVisible();
  await expect(statusLine(window)).toContainText('150 versions');

  const registries = await vitrineJson<readonly { readonly name: string; readonly collectionCount: number }[]>(['ls'], { data });
  expect([registries.length, registries.reduce((sum, registry) => sum + registry.collectionCount, 0)]).toEqual([3, 12]);
  const events = await vitrineJson<readonly { readonly at: string; readonly actor: { readonly username: string } }[]>(['history', '--limit', '1000'], { data });
  const times = events.map((event) => Date.parse(event.at));
  expect((Math.max(...times) - Math.min(...times)) / 86_400_000).toBeGreaterThan(45);
  expect(new Set(events.map((event) => event.actor.username)).size).toBeGreaterThan(3);
  expect(await vitrineJson(['audit', 'verify'], { data })).toMatchObject({ intact: true });
  const { findings } = await vitrineJson<{ readonly findings: readonly { readonly verdict: string }[] }>(['doctor', '--deep'], { data });
  expect(findings.filter((finding) => finding.verdict !== 'well')).toEqual([]);

  await test.step('its lineage is four levels deep', async () => {
    const team = (await vitrineJson<readonly { readonly entity: string }[]>(['ls', 'projects', '--limit', '1'], { data }))[0]?.entity ?? '';
    await goToAddress(window, `vitrine://project/${encodeURIComponent(team)}/review-sentiment/artifact/sentiment-finetuned/v2?tab=lineage`);
    await window.getByRole('combobox', { name: 'How many steps' }).click();
    await window.getByRole('option', { name: '10 steps' }).click();
    await window.getByRole('button', { name: 'Show as a tree' }).click();
    const tree = window.getByRole('tree', { name: 'Lineage as a tree' });
    // The tree is unfolded two levels at first; what is below opens with the keys of a tree.
    await tree.getByRole('treeitem', { name: /^prepare-reviews-tokenized/u }).first().click();
    await tree.press('ArrowRight');
    for (const stage of ['customer-reviews', 'reviews-tokenized', 'sentiment-base', 'sentiment-finetuned']) await expect(tree.getByRole('treeitem', { name: new RegExp(stage, 'u') }).first()).toBeVisible();
  });
  expect(pageErrors).toEqual([]);
});

test('started with --sample it opens filled, and a second time does not fill it again', async ({ launch }) => {
  const data = folder();
  const first = await launch(data, { args: ['--sample'] });
  await expect(statusLine(first.window)).toContainText('150 versions');
  await first.close({ keepData: true });
  const second = await launch(data, { args: ['--sample'] });
  await expect(statusLine(second.window)).toContainText('150 versions');
});

test('the Python shown at the first start runs as it is shown, and logs', async ({ launch }) => {
  test.skip(!hasPython, withoutPython);
  const data = folder();
  const { window } = await launch(data);
  await window.getByRole('button', { name: 'Connect a script…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Connect a script' });
  await dialog.getByRole('button', { name: 'Start the server and make a key' }).click();
  await dialog.getByRole('tab', { name: 'Without it' }).click();
  const code = await codeOf(dialog);
  const shown = await runPython(code, folder());
  expect(shown.stdout).toContain('catalogId');

  // The lines that stand commented out, with a folder that is there.
  const files = modelFolder(join(folder(), 'minilm'), 1);
  const logging = code.replace(/^# (vitrine\(|        artifact=)/gmu, '$1').replace('/path/to/model', files);
  expect(logging).not.toBe(code);
  await runPython(logging, folder());
  await window.keyboard.press('Escape');
  await expect(statusLine(window)).toContainText('1 version');
  await expect(heading(window)).toContainText('Start');
  expect(await vitrineJson(['show', 'my-project/my-model:candidate'], { data })).toMatchObject({ index: 0, fileCount: 4 });
});

test('what the usage tab shows works as it is shown: Python, command line, link', async ({ launch }) => {
  test.skip(!hasPython, withoutPython);
  test.slow();
  const { data } = await workshop();
  const { window } = await launch(data);
  await goToAddress(window, 'vitrine://registry/Models/Encoder/production?tab=usage');
  const usage = window.getByRole('tabpanel', { name: 'Usage' });
  await usage.getByRole('button', { name: 'Start the server and make a key' }).click();
  await expect(usage).toContainText('The server runs at');
  const blocks = await usage.locator('pre').allInnerTexts();
  const python = blocks.find((block) => block.includes('urllib'));
  const { folder: at } = await runPython(python ?? '', folder());
  const got = join(at, readdirSync(at).find((entry) => entry !== 'snippet.py') ?? '');
  expect(readFileSync(join(got, 'model.safetensors')).equals(safetensors(1))).toBe(true);
  expect(readdirSync(got, { recursive: true }).map(String).toSorted()).toEqual(['README.md', 'config.json', 'model.safetensors', 'tokenizer', 'tokenizer/vocab.txt']);

  for (const block of blocks.filter((text) => text.startsWith('vitrine '))) {
    const program = [process.execPath, join(process.env['VITRINE_APPLICATION'] ?? join(import.meta.dirname, '..', '..'), 'dist', 'core', 'cli.js')].map((word) => `'${word}'`).join(' ');
    const ran = spawnSync('sh', ['-c', block.trim().replace(/^vitrine /u, `${program} `)], { cwd: folder(), encoding: 'utf8', env: { ...process.env, VITRINE_DATA: data }, timeout: 180_000 });
    expect([block, ran.status, ran.stderr]).toEqual([block, 0, '']);
  }
  const link = blocks.map((block) => block.trim()).find((block) => block.startsWith('vitrine://'));
  await goToAddress(window, 'vitrine://start');
  await goToAddress(window, link ?? '');
  await expect(heading(window)).toContainText('Encoder');
});

test('a read-only catalog is shown as one: looking works, acts wait with the reason', async ({ launch }) => {
  // As root nothing is read-only by its rights alone: a file system mounted so is.
  const { data } = await workshop();
  const mounted = spawnSync('sh', ['-c', `mount --bind '${data}' '${data}' && mount -o remount,ro,bind '${data}'`]).status === 0;
  test.skip(!mounted, 'a folder can only be mounted read-only by root; the same by rights is in e2e/cli/badInput.test.ts');
  try {
    const opened = await launch(data, { args: ['--user-data-dir', folder()] });
    const { window, pageErrors } = opened;
    await expect(statusLine(window)).toContainText('Read-only');
    await expect(window.getByText('This catalog is read-only')).toBeVisible();
    await goToAddress(window, 'vitrine://registry/Models/Encoder');
    await expect(table(window, 'Versions of Encoder').getByRole('row')).toHaveCount(2);
    await expect(window.getByRole('button', { name: 'Log a folder…' })).toHaveAttribute('aria-disabled', 'true');
    await expect(table(window, 'Versions of Encoder').getByRole('button', { name: 'Add alias' })).toHaveCount(0);
    await goToAddress(window, 'vitrine://registry/Models/Encoder/v0?tab=files');
    await window.getByRole('tabpanel').getByText('config.json').click();
    await expect(window.getByRole('tabpanel')).toContainText('hidden_size');
    expect(pageErrors).toEqual([]);
    await opened.close({ keepData: true });
  } finally {
    spawnSync('umount', ['-l', data]);
  }
});
