/** What takes the room and can't be freed yet: each kind of bytes that nothing needs, with the reason why it stays. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFiles } from '../cli/commandLine.ts';
import { startCore, type CoreProcess } from '../drivers/core.ts';
import { goToAddress, rowOf, table } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder } from './workshop.ts';

/** A core for which it is two hours earlier: what it stores is no longer young when the window opens. */
async function coreOfThePast(data: string): Promise<CoreProcess> {
  const shift = join(folder(), 'twoHoursAgo.cjs');
  writeFileSync(shift, 'const now = Date.now.bind(Date); const Real = Date; const ago = 2 * 3_600_000; globalThis.Date = class extends Real { constructor(...args) { super(...(args.length === 0 ? [now() - ago] : args)); } static now() { return now() - ago; } };');
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `${before ?? ''} --require=${shift}`.trim();
  try {
    return await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  } finally {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  }
}

/** Logs files as a version of their own, and lets it go for good. */
async function logAndPurge({ client }: CoreProcess, artifact: string, path: string): Promise<void> {
  const { output } = await client.execute('versions.log', { paths: [path], project: { name: 'lab' }, artifact, type: 'model' });
  await client.execute('versions.delete', { ids: [output.versionId], aliases: ['latest'] });
  const { items } = await client.query('trash.list', {});
  await client.execute('trash.purge', { ids: items.map(({ id }) => id) });
}

test('bytes that nothing needs and that stay for now are named with the reason, by mouse and by keyboard', async ({ launch }) => {
  test.slow();
  const data = folder();
  const shards = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`shard-${at}.bin`, Buffer.alloc(3000, at + 1)]));
  const shared = Object.fromEntries(Object.entries(shards).slice(1));
  const past = await coreOfThePast(data);
  try {
    await past.client.execute('versions.log', { paths: [writeFiles(join(folder(), 'part'), shared)], project: { name: 'lab' }, artifact: 'part', type: 'model' });
    await logAndPurge(past, 'whole', writeFiles(join(folder(), 'whole'), shards));
  } finally {
    await past.stop();
  }
  const present = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    await logAndPurge(present, 'young', writeFiles(join(folder(), 'young'), { 'fresh.bin': 'a moment ago' }));
    await present.client.execute('versions.log', { paths: [writeFiles(join(folder(), 'held'), { 'held.bin': 'in the trash' })], project: { name: 'lab' }, artifact: 'held', type: 'model' });
    const { team } = await present.client.query('catalog.status', {});
    const held = await present.client.query('addresses.resolve', { address: `${team.name}/lab/held:v0` });
    await present.client.execute('versions.delete', { ids: [held.versionId!], aliases: ['latest'] });
  } finally {
    await present.stop();
  }

  const { window, pageErrors } = await launch(data);
  const main = window.getByRole('main');
  const stays = main.getByRole('list', { name: 'What stays for now, and why' });
  const told = async (): Promise<void> => {
    await expect(stays.getByRole('listitem').filter({ hasText: 'packs' })).toContainText('2.93 KiB nothing needs stay: they lie in packs with bytes that are needed, and rewriting those isn’t worth it yet.');
    await expect(stays.getByRole('listitem').filter({ hasText: 'hour' })).toContainText('1 object nothing needs stays: stored within the last hour');
  };
  await test.step('by mouse: looked at, and nothing is removed by looking', async () => {
    await goToAddress(window, 'vitrine://storage');
    await main.getByRole('button', { name: 'See what can be freed' }).click();
    await expect(main).toContainText(/Nothing to free\. What nothing needs has to stay for now|can be freed/u);
    await told();
  });
  await test.step('by keyboard: looked at again', async () => {
    const again = main.getByRole('button', { name: 'Look again' });
    await again.focus();
    await window.keyboard.press('Enter');
    await told();
    await expect(again).toBeFocused();
  });
  await test.step('what lies in the trash is kept for its days, and the trash says what purging frees', async () => {
    await goToAddress(window, 'vitrine://trash');
    await expect(rowOf(table(window, 'Trash, newest first'), 'held')).toBeVisible();
    await expect(main).toContainText('purging frees');
  });
  expect(pageErrors).toEqual([]);
});
