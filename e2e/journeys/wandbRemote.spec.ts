/** A person connects a registry of W&B: with the mouse, and once more with the keys alone. Vitrine's own door stands for W&B's server, which can't be run here. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startVitrine, stopServing } from '../cli/commandLine.ts';
import { startCore } from '../drivers/core.ts';
import { alias, goTo, heading, pressOn, statusLine } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder, modelFolder } from './workshop.ts';

const screenshots = join(import.meta.dirname, '..', 'output', 'screenshots');

type Ask = (name: string, input: unknown) => Promise<never>;

/** A registry “cloud” with one collection of two versions, served; and the way to look into it. */
async function serveRegistry() {
  const data = folder();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  let organization: string;
  try {
    const { client } = core;
    organization = (await client.query('catalog.status', {})).organization.name;
    const { output: registry } = await client.execute('registries.create', { name: 'cloud' });
    for (const seed of [1, 2]) {
      const { output } = await client.execute('versions.log', { paths: [modelFolder(join(folder(), `there-${seed}`), seed)], project: { name: 'lab' }, artifact: 'classifier', type: 'model' });
      await client.execute('links.create', { versionIds: [output.versionId], target: seed === 1 ? { kind: 'new_collection', registryId: registry.id, name: 'Classifier' } : { kind: 'collection', id: (await client.query('collections.get', { registry: 'cloud', name: 'Classifier' })).id }, aliases: seed === 1 ? ['champion'] : [] });
    }
  } finally {
    await core.stop();
  }
  const running = startVitrine(['serve', '--port', '0', '--json'], { data });
  const served = JSON.parse(await running.line()) as { readonly url: string; readonly apiKey: string };
  const ask: Ask = async (name, input) => {
    const answer = await fetch(`${served.url}/api/operations/${name}`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${served.apiKey}` }, body: JSON.stringify(input) });
    return ((await answer.json()) as { readonly output: never }).output;
  };
  return { ...served, organization, ask, stop: () => stopServing({ ...served, running }) };
}

/** A registry “Team” here with a version that the server does not have. */
async function catalogWithTeam(): Promise<string> {
  const data = folder();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    const { client } = core;
    const team = await client.execute('registries.create', { name: 'Team' });
    const logged = await client.execute('versions.log', { paths: [modelFolder(join(folder(), 'own'), 3)], project: { name: 'lab' }, artifact: 'reranker', type: 'model' });
    await client.execute('links.create', { versionIds: [logged.output.versionId], target: { kind: 'new_collection', registryId: team.output.id, name: 'Reranker' }, aliases: ['staging'] });
  } finally {
    await core.stop();
  }
  return data;
}

test('a registry of W&B is connected, followed, told and disagreed with', async ({ launch }) => {
  test.setTimeout(600_000);
  const there = await serveRegistry();
  try {
    const { window, pageErrors } = await launch(await catalogWithTeam());
    const main = window.getByRole('main');
    const look = async (name: string): Promise<void> => {
      for (const theme of ['light', 'dark'] as const) {
        for (const width of [1280, 760]) {
          await window.emulateMedia({ colorScheme: theme });
          await window.setViewportSize({ width, height: 900 });
          mkdirSync(join(screenshots, theme), { recursive: true });
          await window.screenshot({ path: join(screenshots, theme, `wandb-${name}-${width}.png`) });
        }
      }
      await window.setViewportSize({ width: 1280, height: 900 });
    };
    const aliases = async (name: string): Promise<unknown> => {
      const found = (await there.ask('collections.get', { registry: 'cloud', name })) as { readonly aliases?: readonly { readonly name: string; readonly index: number }[] } | undefined;
      return Object.fromEntries((found?.aliases ?? []).filter((one) => one.name !== 'latest').map((one) => [one.name, one.index]));
    };

    await test.step('what lacks and what is wrong is said, step by step', async () => {
      await goTo(window, 'Sync');
      await main.getByRole('button', { name: 'Connect a remote…' }).click();
      await window.getByRole('dialog').getByRole('radio', { name: 'W&B' }).click();
      const dialog = window.getByRole('dialog', { name: 'Connect a registry of W&B' });
      await expect(dialog.getByRole('textbox', { name: 'Address' })).toHaveValue('https://api.wandb.ai');
      await dialog.getByRole('textbox', { name: 'Address' }).fill(there.url);
      await dialog.getByLabel('API key', { exact: true }).last().fill('local-0000000000000000000000000000000000000000');
      const registry = dialog.getByRole('combobox', { name: 'Registry there' });
      await registry.fill(`${there.organization}/nowhere`);
      await pressOn(registry);
      await dialog.getByRole('button', { name: 'Test' }).click();
      const found = dialog.getByRole('list', { name: 'What the test found' }).getByRole('listitem');
      await expect(found.filter({ hasText: 'Sign-in' })).toHaveAttribute('data-verdict', 'failed');
      await dialog.getByLabel('API key', { exact: true }).last().fill(there.apiKey);
      await dialog.getByRole('button', { name: 'Test' }).click();
      await expect(found.filter({ hasText: 'Workspace' })).toHaveAttribute('data-verdict', 'failed');
      await expect(found.filter({ hasText: 'Workspace' })).toContainText(`${there.organization}/cloud`);
      // The registries that the key may see are offered.
      await registry.fill(`${there.organization}/clo`);
      await window.getByRole('option', { name: `${there.organization}/cloud`, exact: true }).click();
      await dialog.getByRole('button', { name: 'Test' }).click();
      await expect(dialog.getByText('It can be read.')).toBeVisible();
      await dialog.getByText('What this covers').click();
      await expect(dialog).toContainText('Servers from 0.70 on');
      await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Team cloud');
      await dialog.getByRole('combobox', { name: 'Registry', exact: true }).click();
      await window.getByRole('option', { name: 'Team', exact: true }).click();
      await look('connect');
      await dialog.getByRole('button', { name: 'Connect', exact: true }).click();
      await expect(dialog).toBeHidden();
    });

    await test.step('the plan is shown, and then what is here goes there', async () => {
      const plan = window.getByRole('dialog', { name: 'Plan for “Team cloud”' });
      await expect(plan.getByRole('row').filter({ hasText: 'Team/Reranker:staging' })).toContainText('Create');
      await look('plan');
      await plan.getByRole('button', { name: 'Start pushing' }).click();
      await expect(plan).toBeHidden();
      await expect.poll(() => aliases('Reranker'), { timeout: 90_000 }).toEqual({ staging: 0 });
    });

    await test.step('what is there came here, and what was moved on both sides waits for a decision', async () => {
      await main.getByRole('button', { name: 'Pause' }).click();
      await expect(statusLine(window)).toContainText('Paused');
      await goTo(window, 'Registries');
      await main.getByRole('link', { name: /^Team/u }).first().click();
      await main.getByText('Classifier').first().dblclick();
      await expect(heading(window)).toContainText('Classifier');
      const { id } = (await there.ask('collections.get', { registry: 'cloud', name: 'Classifier' })) as { readonly id: number };
      await there.ask('aliases.remove', { target: { kind: 'link', id: ((await there.ask('links.list', { collectionId: id, direction: 'ascending' })) as { readonly items: readonly { readonly id: number }[] }).items[0]!.id }, aliases: ['champion'] });
      const row = window.getByRole('grid').first().getByRole('row').filter({ hasText: 'v1' });
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
      await look('conflict');
      await conflict.getByRole('button', { name: 'Keep mine' }).click();
      await expect(conflict).toBeHidden({ timeout: 90_000 });
      await expect.poll(() => aliases('Classifier'), { timeout: 90_000 }).toEqual({ champion: 1 });
      await expect(statusLine(window)).toContainText('Up to date', { timeout: 90_000 });
      await main.getByText('What this covers').click();
      await look('standing');
    });

    await test.step('who is a member there is read, and nobody is let in here by it; by mouse and by keyboard', async () => {
      const { id } = (await there.ask('registries.get', { name: 'cloud' })) as { readonly id: number };
      const { id: userId } = (await there.ask('users.create', { username: 'grace', displayName: 'Grace Hopper', email: 'grace@example.com' })) as { readonly id: number };
      await there.ask('registries.addMembers', { registryId: id, userIds: [userId], role: 'viewer' });
      await main.getByText('Members there', { exact: true }).click();
      const members = main.getByRole('table', { name: 'Members of cloud, there' });
      await expect(members.getByRole('row').filter({ hasText: 'Grace Hopper' })).toContainText('viewer');
      await members.scrollIntoViewIfNeeded();
      await look('members');
      await there.ask('registries.updateMember', { registryId: id, member: { userId }, role: 'admin' });
      await pressOn(main.getByRole('button', { name: 'Ask again' }));
      await expect(members.getByRole('row').filter({ hasText: 'Grace Hopper' })).toContainText('admin');
      await main.getByText('Members there', { exact: true }).press('Enter');
      await expect(members).toBeHidden();
      await main.getByText('Members there', { exact: true }).press('Space');
      await expect(members).toBeVisible();
    });

    await test.step('whether versions deleted here are deleted there is chosen, by mouse and by key', async () => {
      await goTo(window, 'Settings');
      await main.getByRole('button', { name: 'Remotes' }).click();
      const versions = main.getByRole('switch', { name: 'Versions deleted here' });
      await expect(versions).not.toBeChecked();
      await versions.click();
      await expect(versions).toBeChecked();
      await versions.scrollIntoViewIfNeeded();
      await look('settings');
      await versions.press('Space');
      await expect(versions).not.toBeChecked();
    });
    expect(pageErrors).toEqual([]);
  } finally {
    await there.stop();
  }
});

test('the same with the keys alone', async ({ launch }) => {
  test.setTimeout(300_000);
  const there = await serveRegistry();
  try {
    const { window } = await launch(await catalogWithTeam());
    await goTo(window, 'Sync');
    const open = window.getByRole('main').getByRole('button', { name: 'Connect a remote…' });
    await open.focus();
    await window.keyboard.press('Enter');
    await pressOn(window.getByRole('dialog').getByRole('radio', { name: 'MLflow' }), 'ArrowRight');
    const dialog = window.getByRole('dialog', { name: 'Connect a registry of W&B' });
    await expect(dialog).toBeVisible();
    await window.keyboard.press('Tab');
    await expect(dialog.getByRole('textbox', { name: 'Address' })).toBeFocused();
    await window.keyboard.press('ControlOrMeta+A');
    await window.keyboard.type(there.url);
    await window.keyboard.press('Tab');
    await window.keyboard.press('Tab');
    await expect(dialog.getByLabel('API key', { exact: true }).last()).toBeFocused();
    await window.keyboard.type(there.apiKey);
    await window.keyboard.press('Tab');
    await expect(dialog.getByRole('combobox', { name: 'Registry there' })).toBeFocused();
    await window.keyboard.type(`${there.organization}/cloud`);
    await window.keyboard.press('Enter');
    await window.keyboard.press('Tab');
    await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toBeFocused();
    await window.keyboard.type('By keys');
    await window.keyboard.press('Enter');
    // What was found is shown first; Enter connects.
    await expect(window.getByRole('dialog', { name: 'Plan for “By keys”' })).toBeVisible({ timeout: 90_000 });
    await window.keyboard.press('Escape');
    await expect(window.getByRole('region', { name: 'By keys' })).toContainText('Follows into');
  } finally {
    await there.stop();
  }
});
