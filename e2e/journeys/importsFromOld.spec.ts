/** What was curated in older places comes in through the window: a legacy model registry, GTO tags of a git repository, a folder mlruns. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { vitrineJson } from '../cli/commandLine.ts';
import { startCore } from '../drivers/core.ts';
import { alias, commandPalette, doByPalette, goToAddress, heading, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder, workshop } from './workshop.ts';

function put(root: string, name: string, content: string): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const dialog = (window: Page) => window.getByRole('dialog', { name: 'Import' });
const report = (window: Page) => dialog(window).getByRole('region', { name: 'What would be done' });

async function openImport(window: Page, from: string): Promise<void> {
  await doByPalette(window, 'Import…');
  await dialog(window).getByRole('radio', { name: from }).click();
}

test('a team’s legacy model registry becomes a registry with its numbers and aliases, and what is missing is named first', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  const entity = (await core.client.query('catalog.status', {})).team.name;
  await core.stop();
  const { app, window, pageErrors } = await launch(data);
  const deploy = {
    name: 'Deploy what is in production', triggeringCondition: { eventType: 'ADD_ARTIFACT_ALIAS', filter: JSON.stringify({ filter: JSON.stringify({ alias: 'production' }) }) },
    triggeredAction: { __typename: 'GenericWebhookTriggeredAction', integration: { urlEndpoint: 'https://ci.example.org/hook', accessTokenRef: 'CI_TOKEN' }, requestPayload: null },
  };
  const file = put(folder(), 'model-registry.json', JSON.stringify({
    format: 'wandb-legacy-registry', version: 1, entity, protectedAliases: ['production'], members: [{ username: 'nobody', role: 'member' }],
    collections: [{ name: 'Sentences', description: 'From the old registry.', tags: ['legacy'], automations: [deploy], versions: [{ index: 4, source: `${entity}/lab/minilm:v0`, aliases: ['production', 'latest'] }, { index: 5, source: `${entity}/lab/gone:v1` }] }],
  }));
  await openImport(window, 'W&B model registry');
  await dialog(window).getByRole('textbox', { name: 'Export of the model registry' }).fill(file);
  await chooseRegistry(window, 'Brought over');
  await dialog(window).getByRole('button', { name: 'Look' }).click();
  await expect(report(window)).toContainText('would be taken');
  await expect(report(window).getByRole('listitem').filter({ hasText: 'gone:v1' })).toContainText('skipped');
  await expect(report(window).getByRole('listitem').filter({ hasText: 'nobody' })).toContainText('skipped');
  await expect(report(window).getByRole('listitem').filter({ hasText: 'Sentences: Deploy what is in production' }).first()).toContainText('It is switched off. Its secrets are to be set again: CI_TOKEN.');
  await dialog(window).getByRole('button', { name: 'Import', exact: true }).click();
  await expect(toast(window, 'Imported:')).toBeVisible();
  await expect(dialog(window)).toBeHidden();
  await goToAddress(window, 'vitrine://automations');
  const brought = window.getByRole('list', { name: 'Automations' }).getByRole('listitem').filter({ hasText: 'Deploy what is in production' });
  for (const each of [brought.first(), brought.last()]) await expect(each.getByRole('switch')).not.toBeChecked();
  await goToAddress(window, 'vitrine://registry/Brought%20over/Sentences');
  await expect(heading(window)).toContainText('Sentences');
  await expect(alias(rowOf(table(window, 'Versions of Sentences'), /^v4/u), 'production')).toBeVisible();
  await expect(window.getByRole('main')).toContainText('legacy');
  // What is written in old scripts and notes leads there from the palette.
  await goToAddress(window, 'vitrine://start');
  await doByPalette(window, `${entity}/model-registry/Sentences`, 'Open Brought over/Sentences');
  await expect(heading(window)).toContainText('Sentences');
  await goToAddress(window, 'vitrine://start');
  await doByPalette(window, `${entity}/model-registry/Sentences:v4`, 'Open Brought over/Sentences:v4');
  await expect(heading(window)).toContainText('v4');
  // So do links of the window's own form, under the name that it has now; going back passes over the old one.
  const shown = async (address: string, leads: string): Promise<void> => {
    await goToAddress(window, address);
    // The address on show is asked for until it is the new one: the old one stands until core has answered.
    await expect(async () => {
      await doByPalette(window, 'copy the address of this', 'Copy the address of this place');
      expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe(leads);
      await expect(commandPalette(window)).toBeHidden();
    }).toPass();
  };
  const old = `vitrine://project/${encodeURIComponent(entity)}/model-registry`;
  const now = 'vitrine://registry/Brought%20over';
  await shown(`${old}/artifact/Sentences`, `${now}/Sentences`);
  await shown(`${old}/artifact/Sentences/production?tab=files`, `${now}/Sentences/production?tab=files`);
  await shown(old, now);
  await vitrineJson(['registry', 'update', 'Brought over', '--name', 'Ours'], { data });
  await expect(heading(window)).toHaveText('Ours');
  await shown('vitrine://registry/Brought%20over/Sentences/v4', 'vitrine://registry/Ours/Sentences/v4');
  await shown('vitrine://board/Brought%20over', 'vitrine://board/Ours');
  await shown('vitrine://members/Brought%20over', 'vitrine://members/Ours');
  await shown(`${old}/artifact/Sentences`, 'vitrine://registry/Ours/Sentences');
  await window.keyboard.press('Alt+ArrowLeft');
  await expect(heading(window)).toContainText('Members of Ours');
  // The command line takes them, too.
  expect(await vitrineJson(['show', `${old}/artifact/Sentences/production`], { data })).toMatchObject({ artifact: 'minilm', index: 0 });
  expect(pageErrors).toEqual([]);
});

test('GTO tags of a git repository come in as versions and aliases, with the keyboard alone', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const repository = folder();
  let clock = 1_700_000_000;
  const git = (...args: string[]): void => {
    clock += 1;
    execFileSync('git', ['-C', repository, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false', ...args], { stdio: 'ignore', env: { ...process.env, GIT_AUTHOR_DATE: `${clock} +0000`, GIT_COMMITTER_DATE: `${clock} +0000`, GIT_CONFIG_GLOBAL: '/dev/null' } });
  };
  git('init', '-q');
  put(repository, 'artifacts.yaml', 'churn:\n  path: models\n  type: model\n  description: Who leaves\n');
  put(repository, 'models/weights.bin', 'one');
  git('add', '.');
  git('commit', '-qm', 'first');
  git('tag', '-a', 'churn@v1.0.0', '-m', 'first release');
  put(repository, 'models/weights.bin', 'two');
  git('commit', '-qam', 'second');
  git('tag', '-a', 'churn@v1.1.0', '-m', 'second release');
  git('tag', '-a', 'churn#prod#1', '-m', 'to production');

  const { window, pageErrors } = await launch(data);
  await doByPalette(window, 'Import…');
  const from = dialog(window).getByRole('radio', { name: 'GTO tags' });
  await dialog(window).getByRole('radio', { name: 'Bundle' }).focus();
  await window.keyboard.press('ArrowRight');
  await window.keyboard.press('ArrowRight');
  await expect(from).toBeChecked();
  const path = dialog(window).getByRole('textbox', { name: 'Git repository' });
  await path.focus();
  await window.keyboard.type(repository);
  await window.keyboard.press('Enter');
  await expect(report(window)).toContainText('would be taken');
  await expect(report(window)).toContainText('churn');
  await path.focus();
  await window.keyboard.press('Enter');
  await expect(toast(window, 'Imported:')).toBeVisible();
  await expect(dialog(window)).toBeHidden();
  await goToAddress(window, 'vitrine://registry/Models/churn');
  const versions = table(window, 'Versions of churn');
  await expect(alias(rowOf(versions, /^v1/u), 'prod')).toBeVisible();
  await expect(alias(rowOf(versions, /^v0/u), 'v1.0.0')).toBeVisible();
  expect(pageErrors).toEqual([]);
});

test('a folder mlruns comes in with runs, versions and the aliases of its models; a second time there is nothing to take', async ({ launch }) => {
  test.slow();
  const { data } = await workshop();
  const root = join(folder(), 'mlruns');
  const run = 'a'.repeat(32);
  put(root, '0/meta.yaml', 'artifact_location: file:///old/mlruns/0\nexperiment_id: "0"\nlifecycle_stage: active\nname: Churn\n');
  put(root, `0/${run}/meta.yaml`, `artifact_uri: file:///old/mlruns/0/${run}/artifacts\nend_time: 1700000100000\nlifecycle_stage: active\nrun_id: ${run}\nrun_name: wise-owl\nstart_time: 1700000000000\nstatus: 3\nuser_id: ada\n`);
  put(root, `0/${run}/params/lr`, '0.01');
  put(root, `0/${run}/metrics/loss`, '1700000001000 0.9 0\n1700000003000 0.25 1\n');
  put(root, `0/${run}/artifacts/model/MLmodel`, 'flavors: {}\n');
  put(root, 'models/churn-model/meta.yaml', 'name: churn-model\ndescription: Who leaves\n');
  put(root, 'models/churn-model/version-1/meta.yaml', `current_stage: Production\nname: churn-model\nrun_id: ${run}\nsource: file:///old/mlruns/0/${run}/artifacts/model\nversion: 1\n`);
  put(root, 'models/churn-model/aliases/champion', '1');

  const { window, pageErrors } = await launch(data);
  const look = async (): Promise<void> => {
    await openImport(window, 'MLflow folder');
    await dialog(window).getByRole('textbox', { name: 'Folder mlruns' }).fill(root);
    await dialog(window).getByRole('button', { name: 'Look' }).click();
    await expect(report(window)).toBeVisible();
  };
  await look();
  await expect(report(window)).toContainText(`Churn/${run}`);
  await dialog(window).getByRole('button', { name: 'Import', exact: true }).click();
  await expect(toast(window, 'Imported:')).toBeVisible();
  await expect(dialog(window)).toBeHidden();
  await goToAddress(window, 'vitrine://registry/Models/churn-model');
  await expect(alias(rowOf(table(window, 'Versions of churn-model'), /^v1/u), 'champion')).toBeVisible();
  await look();
  await dialog(window).getByRole('button', { name: 'Import', exact: true }).click();
  await expect(toast(window, 'Imported: 0 things taken')).toBeVisible();
  expect(pageErrors).toEqual([]);
});

async function chooseRegistry(window: Page, name: string): Promise<void> {
  const box = dialog(window).getByRole('combobox', { name: 'Into registry' });
  await box.fill(name);
  await window.getByRole('option').filter({ hasText: name }).first().click();
}
