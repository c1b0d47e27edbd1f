/** A person connects a real MLflow server: tests, looks at the plan, pushes, decides a conflict, pauses; with the real client beside them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import { startMlflow, startMlflowClient } from '../drivers/mlflow.ts';
import { alias, goTo, heading, pressOn, statusLine } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder, modelFolder } from './workshop.ts';

const screenshots = join(import.meta.dirname, '..', 'output', 'screenshots');

/** A registry “Team” with a version of its own that the server does not have. */
async function catalogWithTeam(): Promise<string> {
  const data = folder();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    const { client } = core;
    const team = await client.execute('registries.create', { name: 'Team', acceptedTypes: ['model'] });
    const logged = await client.execute('versions.log', { paths: [modelFolder(join(folder(), 'own'), 3)], project: { name: 'lab' }, artifact: 'reranker', type: 'model' });
    await client.execute('links.create', { versionIds: [logged.output.versionId], target: { kind: 'new_collection', registryId: team.output.id, name: 'Reranker' }, aliases: ['staging', 'not.taken'] });
  } finally {
    await core.stop();
  }
  return data;
}

test('an MLflow server is connected, followed, told, disagreed with and paused', async ({ launch }) => {
  test.skip(process.env['VITRINE_PYTHON_MLFLOW'] === undefined, process.env['VITRINE_NO_REMOTES'] ?? 'started without build/test.mjs, which gets the MLflow server');
  test.setTimeout(600_000);
  const place = join(folder(), 'mlflow');
  mkdirSync(place, { recursive: true });
  const server = await startMlflow(place);
  const mlflow = await startMlflowClient(server.url, place);
  try {
    await mlflow.act('model', { name: 'Classifier', description: 'Tells cats from dogs.', tags: { reviewed: '' } });
    for (let number = 0; number < 3; number++) await mlflow.act('version', { name: 'Classifier', files: { MLmodel: `flavors: {n: ${number}}\n`, 'data/w.bin': 'abc' }, params: { lr: '0.1' }, metrics: { accuracy: 0.9 + number / 100 } });
    await mlflow.act('alias', { name: 'Classifier', alias: 'champion', version: '1' });

    const data = await catalogWithTeam();
    const { app, window, pageErrors } = await launch(data);
    const sized = async (width: number, height: number): Promise<void> => {
      await app.evaluate(({ BrowserWindow }, [wide = 0, high = 0]) => BrowserWindow.getAllWindows()[0]?.setContentSize(wide, high), [width, height]);
      await expect.poll(() => window.evaluate(() => innerWidth)).toBe(width);
    };
    const main = window.getByRole('main');
    const look = async (name: string): Promise<void> => {
      for (const theme of ['light', 'dark'] as const) {
        await window.emulateMedia({ colorScheme: theme });
        mkdirSync(join(screenshots, theme), { recursive: true });
        await window.screenshot({ path: join(screenshots, theme, `sync-${name}.png`) });
        await sized(760, 820);
        await window.screenshot({ path: join(screenshots, theme, `sync-${name}-760.png`) });
        await sized(1280, 820);
      }
    };

    await test.step('an empty place teaches', async () => {
      await expect(statusLine(window)).toContainText('Local only');
      await goTo(window, 'Sync');
      await expect(main.getByText('Everything is on this machine')).toBeVisible();
      await look('empty');
    });

    await test.step('the address is tried, and what is wrong with it is said', async () => {
      await main.getByRole('button', { name: 'Connect a remote…' }).click();
      const dialog = window.getByRole('dialog', { name: 'Connect an MLflow server' });
      await dialog.getByRole('textbox', { name: 'Address' }).fill(`${server.url}/nowhere`);
      await dialog.getByRole('button', { name: 'Test' }).click();
      await expect(dialog.getByRole('list', { name: 'What the test found' }).getByRole('listitem').filter({ hasText: 'Server' })).toHaveAttribute('data-verdict', 'failed');
      await dialog.getByRole('textbox', { name: 'Address' }).fill(server.url);
      await dialog.getByRole('button', { name: 'Test' }).click();
      await expect(dialog.getByText('The registry can be read.')).toBeVisible();
      await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Team server');
      await dialog.getByRole('combobox', { name: 'Registry' }).click();
      await window.getByRole('option', { name: 'Team', exact: true }).click();
      await look('connect');
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(dialog).toBeHidden();
    });

    await test.step('the plan is shown before anything goes there', async () => {
      const plan = window.getByRole('dialog', { name: 'Plan for “Team server”' });
      await expect(plan.getByRole('row').filter({ hasText: 'Team/Reranker:staging' })).toContainText('Create');
      await expect(plan.getByRole('row').filter({ hasText: 'Team/Reranker:not.taken' })).toContainText('Skip');
      await look('plan');
      await plan.getByRole('button', { name: 'Start pushing' }).click();
      await expect(plan).toBeHidden();
    });

    await test.step('what is here went there, and what was refused is shown with its reason', async () => {
      const refused = main.getByRole('table', { name: 'Refused changes' });
      await expect(refused.getByRole('row').filter({ hasText: 'not.taken' })).toContainText('letters, digits', { timeout: 90_000 });
      await expect.poll(async () => (await mlflow.act<{ aliases: Record<string, string> }>('look', { name: 'Reranker' })).aliases, { timeout: 90_000 }).toEqual({ staging: '1' });
      await look('refused');
      await refused.getByRole('button', { name: 'Edit…' }).click();
      const dialog = window.getByRole('dialog', { name: 'Edit the alias' });
      await dialog.getByRole('textbox', { name: 'Alias' }).fill('taken');
      await dialog.getByRole('button', { name: 'Save and send' }).click();
      await expect(refused).toBeHidden({ timeout: 90_000 });
      await expect.poll(async () => (await mlflow.act<{ aliases: Record<string, string> }>('look', { name: 'Reranker' })).aliases, { timeout: 90_000 }).toEqual({ staging: '1', taken: '1' });
    });

    await test.step('what was moved on both sides waits for a decision', async () => {
      await main.getByRole('button', { name: 'Pause' }).click();
      await expect(statusLine(window)).toContainText('Paused');
      await goTo(window, 'Registries');
      await main.getByRole('link', { name: /^Team/u }).first().click();
      await look('registry');
      await main.getByText('Classifier').first().dblclick();
      await expect(heading(window)).toContainText('Classifier');
      await expect(window.getByRole('grid').first().getByRole('img', { name: 'Its files are only at Team server, as version 1.' })).toBeVisible();
      await look('collection');
      await mlflow.act('alias', { name: 'Classifier', alias: 'champion', version: '3' });
      const grid = window.getByRole('grid').first();
      const row = grid.getByRole('row').filter({ hasText: 'v1' });
      await row.hover();
      await row.getByRole('button', { name: 'Add alias' }).click();
      await expect(window.getByRole('textbox', { name: 'Aliases' })).toBeFocused();
      await window.keyboard.type('champion');
      await window.keyboard.press('Enter');
      await expect(alias(row, 'champion')).toBeVisible();
      await goTo(window, 'Sync');
      await main.getByRole('button', { name: 'Resume' }).click();
      const conflict = main.getByRole('region', { name: 'Conflicts' }).getByRole('article');
      await expect(conflict).toContainText('champion', { timeout: 90_000 });
      await goTo(window, 'Registries');
      await main.getByRole('link', { name: /^Team/u }).first().click();
      await expect(main.getByRole('img', { name: 'Differs from Team server: Sync shows both sides.' })).toBeVisible();
      await look('differs');
      await main.getByText('Classifier').first().dblclick();
      await pressOn(main.getByRole('button', { name: 'Differs from Team server: Sync shows both sides.' }));
      await expect(conflict).toBeVisible();
      await expect(statusLine(window)).toContainText('1 conflict to decide');
      await look('conflict');
      await conflict.getByRole('button', { name: 'Take theirs' }).click();
      await expect(conflict).toBeHidden({ timeout: 90_000 });
      await expect(statusLine(window)).toContainText('Up to date', { timeout: 90_000 });
      await look('standing');
    });

    await test.step('its settings say what goes over and what follows it, by keyboard too', async () => {
      await main.getByRole('button', { name: 'Show the rounds' }).click();
      await look('rounds');
      // What a mistaken push sent is taken back: by keyboard, then looked at with the mouse.
      const rounds = main.getByRole('table', { name: 'Rounds with Team server' });
      const sent = rounds.getByRole('row').filter({ has: window.getByRole('button', { name: 'Undo the push…' }) });
      await expect(sent).toHaveCount(2);
      await pressOn(sent.last().getByRole('button', { name: 'Undo the push…' }));
      const undo = window.getByRole('dialog', { name: 'Undo what went to “Team server”' });
      const version = undo.getByRole('checkbox', { name: /^version /u });
      await expect(version, 'another alias was put on it since').toBeDisabled();
      await expect(undo.getByRole('checkbox', { name: /^alias staging/u })).toBeChecked();
      await look('undo');
      await pressOn(undo.getByRole('button', { name: 'Take back 1 change' }));
      await expect(undo).toBeHidden();
      await expect.poll(async () => (await mlflow.act<{ aliases: Record<string, string> }>('look', { name: 'Reranker' })).aliases, { timeout: 90_000 }).toEqual({ taken: '1' });
      // Its own push is a round of its own, and stands first.
      await expect(sent).toHaveCount(3);
      await sent.first().getByRole('button', { name: 'Undo the push…' }).click();
      await expect(undo.getByRole('table', { name: 'What was sent' }).getByRole('row').filter({ hasText: 'staging' })).toContainText('It goes back to where it stood');
      await undo.getByRole('button', { name: 'Cancel' }).click();
      await window.keyboard.press('ControlOrMeta+,');
      await main.getByRole('button', { name: 'Remotes' }).click();
      const remote = main.getByRole('region', { name: 'Team server' });
      const tags = remote.getByRole('switch', { name: /Tags$/u });
      await expect(tags).toBeChecked();
      await tags.focus();
      await window.keyboard.press('Space');
      await expect(tags).not.toBeChecked();
      // What follows: single collections with the mouse, several registries with the keys.
      const follows = remote.getByRole('combobox', { name: 'Follows' });
      await follows.click();
      await window.getByRole('option', { name: 'Chosen collections' }).click();
      await expect(remote.getByText('Classifier')).toBeVisible();
      await look('settings');
      await pressOn(follows);
      await pressOn(window.getByRole('option', { name: 'Several registries' }));
      await remote.getByRole('combobox', { name: 'Other registries' }).pressSequentially('Models');
      await window.getByRole('option', { name: 'Models' }).click();
      await window.keyboard.press('Escape');
      await expect(remote.getByText('Models', { exact: true })).toBeVisible();
      await look('settings-registries');
      await follows.click();
      await window.getByRole('option', { name: 'The registry Team' }).click();
      await expect(remote.getByRole('combobox', { name: 'Other registries' })).toBeHidden();
      await pressOn(remote.getByRole('button', { name: 'Open in Sync' }));
      await expect(main.getByRole('button', { name: 'Sync now' })).toBeVisible();
    });

    await test.step('its policy brings files: seen while they come, cut off by a pause, chosen anew; by keyboard and by mouse', async () => {
      await mlflow.act('large', { name: 'Classifier', files: { 'model.bin': 800_000 } });
      const card = main.getByRole('region', { name: 'Team server' });
      const dialog = window.getByRole('dialog', { name: 'Files from “Team server”' });
      const policy = dialog.getByRole('combobox', { name: 'Bring files here' });
      const save = dialog.getByRole('button', { name: 'Save' });
      await pressOn(card.getByRole('button', { name: 'More for Team server' }));
      await pressOn(window.getByRole('menuitem', { name: 'Choose the files…' }));
      await pressOn(policy);
      await pressOn(window.getByRole('option', { name: 'Of pinned collections' }));
      await expect(save, 'no collection is pinned yet').toBeDisabled();
      await dialog.getByRole('combobox', { name: 'Pinned collections' }).pressSequentially('Class');
      await expect(window.getByRole('option', { name: 'Classifier' })).toHaveAttribute('data-highlighted', '');
      await window.keyboard.press('Enter');
      await window.keyboard.press('Tab');
      const rate = dialog.getByRole('textbox', { name: 'At most, a second' });
      await rate.pressSequentially('fast');
      await expect(dialog.getByText('Write an amount with its unit, such as 20 MB.')).toBeVisible();
      await look('files-wrong');
      await rate.fill('16 KB');
      await pressOn(rate);
      await expect(dialog).toBeHidden();
      await expect(card).toContainText('Of 1 pinned collection');
      await expect(card).toContainText('at most 16.0 KiB/s');
      const progress = card.getByRole('progressbar', { name: /^Files of .*Classifier/u });
      await expect(progress).toHaveAttribute('aria-valuetext', /of 78\d KiB, .*\/s/u, { timeout: 60_000 });
      await expect(statusLine(window)).toContainText('Getting files');
      await look('fetching');
      await card.getByRole('button', { name: 'Pause' }).click();
      await expect(card).toContainText('wait to come');
      await expect(progress).toBeHidden();
      await look('fetching-paused');
      await card.getByRole('button', { name: 'Resume' }).click();
      await expect(progress).toBeVisible({ timeout: 90_000 });
      // Without a limit they are here at once.
      await window.keyboard.press('ControlOrMeta+,');
      await main.getByRole('button', { name: 'Remotes' }).click();
      await expect(card).toContainText('Of 1 pinned collection; at most 16.0 KiB/s');
      await card.getByRole('button', { name: 'Choose…' }).click();
      await policy.click();
      await window.getByRole('option', { name: 'Of the newest versions' }).click();
      await dialog.getByRole('spinbutton', { name: 'How many of each model' }).fill('1');
      await rate.fill('');
      await look('files');
      await save.click();
      await expect(card).toContainText('Of the newest version of each model; as fast as it goes');
      await look('settings-files');
      await card.getByRole('button', { name: 'Open in Sync' }).click();
      await expect(card).toContainText('Up to date', { timeout: 90_000 });
      await expect(progress).toBeHidden();
      await goTo(window, 'Registries');
      await main.getByRole('link', { name: /^Team/u }).first().click();
      await main.getByText('Classifier').first().dblclick();
      const newest = window.getByRole('grid').first().getByRole('row').filter({ hasText: 'v3' });
      await expect(newest).toBeVisible();
      await expect(newest.getByRole('img', { name: /^Its files are only at/u })).toBeHidden();
      await goTo(window, 'Sync');
    });

    await test.step('a server that goes away is said, and waited for', async () => {
      await server.stop();
      await main.getByRole('button', { name: 'Sync now' }).click();
      await expect(statusLine(window)).toContainText('Offline', { timeout: 90_000 });
      await look('offline');
    });
    expect(pageErrors).toEqual([]);
  } finally {
    mlflow.close();
    await server.stop();
  }
});
