/** “View as”: in every place, what that person may not do is shown as what it is, with the reason; the list of acts below is held place by place. */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { vitrineJson } from '../cli/commandLine.ts';
import { startCore } from '../drivers/core.ts';
import { commandPalette, goToAddress, heading, rowOf, table } from '../pages/catalogWindow.ts';
import { atBothWidths } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder, modelFolder, workshop } from './workshop.ts';

const ranks = { restricted_viewer: 0, viewer: 1, member: 2, admin: 3 } as const;
type Rank = keyof typeof ranks;

type Act = readonly [role: 'button' | 'menuitem' | 'switch' | 'combobox', name: string | RegExp, least: Rank];
type Place = { readonly name: string; readonly address: string; readonly open?: (window: Page) => Promise<void>; readonly acts: readonly Act[] };

const more = (window: Page): Promise<void> => window.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
const tab = (name: RegExp) => (window: Page): Promise<void> => window.getByRole('tab', { name }).click();

// What is wrong is told of every act at once.
const soft = expect.configure({ timeout: 30_000, soft: true });

/** What can be done in each place, with the least role. */
const places = (team: string): readonly Place[] => [
  { name: 'start', address: 'vitrine://start', acts: [['button', 'Log a folder', 'member'], ['button', 'Connect a script', 'restricted_viewer']] },
  { name: 'registries', address: 'vitrine://registries', acts: [['button', 'New registry', 'member']] },
  { name: 'registry', address: 'vitrine://registry/Models', acts: [['button', 'New collection', 'member']] },
  { name: 'collection', address: 'vitrine://registry/Models/Encoder', acts: [['button', 'Promote…', 'member'], ['button', 'Log a folder…', 'member']] },
  { name: 'inspector of a link', address: 'vitrine://registry/Models/Encoder', open: async (window) => {
    await rowOf(table(window, 'Versions of Encoder'), /^v0/u).getByRole('gridcell').first().click();
  }, acts: [['button', 'Link to…', 'member']] },
  { name: 'menu of a link', address: 'vitrine://registry/Models/Encoder', open: async (window) => {
    await rowOf(table(window, 'Versions of Encoder'), /^v0/u).getByRole('gridcell').first().click({ button: 'right' });
  }, acts: [['menuitem', /^Link to…/u, 'member'], ['menuitem', /^Promote to another registry…/u, 'member'], ['menuitem', /^Unlink…/u, 'member']] },
  { name: 'menu of a hit', address: 'vitrine://search?q=minilm', open: async (window) => {
    await rowOf(table(window, 'Hits'), /minilm v0/u).first().getByRole('gridcell').first().click({ button: 'right' });
  }, acts: [['menuitem', /^Link to…/u, 'member']] },
  { name: 'projects', address: 'vitrine://projects', acts: [['button', 'Log a version', 'member']] },
  { name: 'project', address: `vitrine://project/${team}/lab`, acts: [['button', 'Log a version', 'member']] },
  { name: 'artifact', address: `vitrine://project/${team}/lab/artifact/minilm`, open: async (window) => {
    await window.getByRole('tab', { name: /^Versions/u }).click();
    await rowOf(table(window, 'Versions of minilm'), /^v0/u).click({ position: { x: 24, y: 12 } });
  }, acts: [['button', 'Log a version', 'member'], ['button', 'Link to…', 'member'], ['button', 'Tag…', 'member'], ['button', 'Delete…', 'member'], ['button', 'Lineage', 'restricted_viewer']] },
  { name: 'artifact menu', address: `vitrine://project/${team}/lab/artifact/minilm`, open: more, acts: [['menuitem', /^Rename…/u, 'member'], ['menuitem', /^Copy link/u, 'restricted_viewer']] },
  { name: 'artifact description', address: `vitrine://project/${team}/lab/artifact/minilm`, open: tab(/^Description/u), acts: [['button', 'Edit description', 'member'], ['button', 'Time to live…', 'member'], ['button', 'Hold…', 'member'], ['button', /^Release the hold/u, 'admin']] },
  { name: 'version', address: `vitrine://project/${team}/lab/artifact/sentence-pairs/v0`, acts: [['button', 'Link to…', 'member'], ['button', 'Edit description', 'member'], ['button', 'Scan the files', 'viewer'], ['button', 'Compare', 'restricted_viewer']] },
  { name: 'version menu', address: `vitrine://project/${team}/lab/artifact/sentence-pairs/v0`, open: more, acts: [['menuitem', /^Export the files…/u, 'viewer'], ['menuitem', /^Export as a bundle…/u, 'viewer'], ['menuitem', /^Delete version…/u, 'member']] },
  { name: 'version usage', address: `vitrine://project/${team}/lab/artifact/minilm/v0?tab=usage`, acts: [['button', 'Start the server and make a key', 'admin']] },
  // Models is seen by the organization, all of which are at least viewers of it.
  { name: 'linked version', address: 'vitrine://registry/Models/Encoder/v0', open: more, acts: [['menuitem', /^Unlink from Encoder/u, 'member'], ['menuitem', /^Export the files…/u, 'restricted_viewer']] },
  { name: 'run', address: `vitrine://project/${team}/lab/run/warm-sun-1?tab=overview`, acts: [['button', 'Rename the run', 'member'], ['button', 'Edit notes', 'member'], ['button', 'Edit tags', 'member']] },
  { name: 'run menu', address: `vitrine://project/${team}/lab/run/warm-sun-1?tab=overview`, open: more, acts: [['menuitem', /^Rename…/u, 'member'], ['menuitem', /^Group and job type…/u, 'member'], ['menuitem', /^Delete run…/u, 'member']] },
  { name: 'lineage', address: `vitrine://lineage/project/${team}/lab/artifact/minilm/v0`, acts: [['button', /^Came from: add an edge by hand/u, 'member']] },
  { name: 'history', address: 'vitrine://history', open: async (window) => {
    await rowOf(table(window, 'Events, newest first'), /Spare/u).first().click({ position: { x: 24, y: 12 } });
  }, acts: [['button', 'Take back', 'member']] },
  { name: 'automations', address: 'vitrine://automations', acts: [
    ['button', 'New automation…', 'member'], ['button', 'Edit tell the team', 'member'], ['button', 'Duplicate tell the team', 'member'], ['button', 'Remove tell the team', 'member'], ['switch', /tell the team is on|^On$|^Off$/u, 'member'],
    ['button', 'New secret…', 'admin'], ['button', 'Approve a command…', 'admin'], ['button', 'Allow', 'admin'],
  ] },
  { name: 'automations menu', address: 'vitrine://automations', open: more, acts: [['menuitem', /^From YAML…/u, 'member']] },
  { name: 'approvals', address: 'vitrine://approvals', acts: [['button', 'Gates…', 'admin'], ['button', /^Comment on/u, 'member'], ['button', /^Remind of/u, 'member'], ['button', /^Withdraw/u, 'admin']] },
  { name: 'storage', address: 'vitrine://storage', acts: [['button', 'Verify 10 %', 'member'], ['button', 'See what can be freed', 'admin']] },
  { name: 'sync', address: 'vitrine://sync', acts: [['button', 'Connect a remote…', 'admin'], ['button', 'Resume', 'admin'], ['button', 'Add a bucket…', 'admin'], ['switch', /^(?:Go there|Stay here)$/u, 'admin']] },
  { name: 'trash', address: 'vitrine://trash', acts: [['button', /^Kept /u, 'admin'], ['button', 'Purge all…', 'member'], ['button', /^Restore .*gone/u, 'member']] },
  { name: 'settings, catalog', address: 'vitrine://settings/general', acts: [['button', 'Take a backup', 'member']] },
  { name: 'settings, people', address: 'vitrine://settings/access', acts: [['button', 'Add a person…', 'admin'], ['button', 'New service account…', 'admin'], ['button', 'New team…', 'admin'], ['combobox', /^Role of noa$/u, 'admin'], ['button', /^Take noa out of/u, 'admin']] },
  { name: 'settings, keys', address: 'vitrine://settings/keys', acts: [['switch', /Off|On/u, 'admin'], ['button', 'New key…', 'restricted_viewer']] },
  { name: 'settings, remotes', address: 'vitrine://settings/remotes', acts: [['button', 'Connect a remote…', 'admin'], ['button', 'Change…', 'admin'], ['switch', /Aliases$/u, 'admin']] },
  { name: 'import', address: 'vitrine://start', open: async (window) => {
    await window.keyboard.press('ControlOrMeta+k');
    await commandPalette(window).getByRole('combobox').fill('Import…');
    await expect(commandPalette(window).getByRole('option', { name: /^Import…/u })).toBeVisible();
  }, acts: [] },
];

test('view as: every act of every place is shown as that person may do it', async ({ launch }) => {
  test.setTimeout(900_000);
  const { data, files } = await workshop();
  const people = { iris: 'restricted_viewer', noa: 'viewer', mia: 'member' } as const satisfies Record<string, Rank>;
  for (const [name, role] of Object.entries(people)) await vitrineJson(['user', 'create', name, '--role', role], { data });
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  let team: string;
  try {
    const { client } = core;
    team = (await client.query('catalog.status', {})).team.name;
    const models = (await client.query('registries.list', {})).items.find((one) => one.name === 'Models')!;
    const { artifactId } = await client.query('versions.get', { id: (await client.query('addresses.resolve', { address: `vitrine://project/${team}/lab/artifact/minilm/v0` })).versionId! });
    await client.execute('holds.place', { target: { kind: 'artifact', id: artifactId }, reason: 'audit of May' });
    await client.execute('automations.create', { definition: { name: 'tell the team', enabled: false, event: 'alias.added', scope: { kind: 'registry', id: models.id }, actions: [{ kind: 'notification', title: 'moved', text: '' }] } });
    await client.execute('gates.set', { registryId: models.id, gates: [{ alias: 'gated', approvals: 2, deciders: 'member' }] });
    const { linkId } = await client.query('addresses.resolve', { address: 'vitrine://registry/Models/Encoder/v0' });
    await client.execute('approvals.request', { linkId: linkId!, alias: 'gated' });
    const remote = await client.execute('remotes.add', { kind: 'mlflow', url: 'http://127.0.0.1:1', name: 'far away', registry: 'Far' });
    await client.execute('sync.pause', { remoteId: remote.output.id });
    const gone = await client.execute('versions.log', { paths: [modelFolder(join(files, 'gone'), 9)], project: { name: 'lab' }, artifact: 'gone', type: 'model' });
    await client.execute('versions.delete', { ids: [gone.output.versionId], aliases: ['latest'] });
  } finally {
    await core.stop();
  }
  const { window, pageErrors } = await launch(data);
  for (const [name, role] of Object.entries(people)) {
    await goToAddress(window, 'vitrine://members/Models');
    const access = window.getByRole('region', { name: 'Why somebody may or may not' });
    await access.getByRole('combobox').click();
    await access.getByRole('combobox').fill(name);
    await window.getByRole('option', { name: new RegExp(name, 'u') }).click();
    await access.getByRole('button', { name: 'View as them' }).click();
    await expect(window.getByText(`You look as ${name}`)).toBeVisible();
    for (const place of places(encodeURIComponent(team))) {
      await test.step(`${place.name}, as ${name}`, async () => {
        await goToAddress(window, place.address);
        await place.open?.(window);
        for (const [kind, label, least] of place.acts) {
          const act = window.getByRole(kind, { name: label, ...(typeof label === 'string' ? { exact: true } : {}) }).first();
          await soft(act, `${String(label)} stands in ${place.name}`).toBeVisible();
          if (ranks[role] >= ranks[least]) {
            await soft(act, `${String(label)} in ${place.name} is open to ${name}`).not.toHaveAttribute('aria-description', /This needs the role/u);
            await soft(act).not.toContainText('This needs the role');
          } else {
            await soft(act, `${String(label)} in ${place.name} is barred to ${name}`).toBeDisabled();
            if (kind === 'menuitem') await soft(act).toContainText('This needs the role');
            else await soft(act, `${String(label)} in ${place.name} says why`).toHaveAttribute('aria-description', /^This needs the role/u);
          }
        }
        if (place.name === 'import') {
          const entry = commandPalette(window).getByRole('option', { name: /^Import…/u });
          if (ranks[role] < ranks.member) await soft(entry).toContainText('This needs the role member');
          else await soft(entry).not.toContainText('This needs');
        }
        if (place.open !== undefined) await window.keyboard.press('Escape');
      });
    }
    // By keys, too: no dialog comes, but the reason.
    await goToAddress(window, `vitrine://project/${encodeURIComponent(team)}/lab/artifact/minilm/v0`);
    await expect(window.getByRole('button', { name: 'Link to…', exact: true }).first()).toBeVisible();
    await window.getByRole('main').getByRole('heading', { level: 1 }).click();
    await window.keyboard.press('l');
    if (ranks[role] < ranks.member) await expect(window.getByText('“Link to” isn’t open to you').first()).toBeVisible();
    else {
      await expect(window.getByRole('listbox', { name: 'Registries and collections' })).toBeVisible();
      await window.keyboard.press('Escape');
    }
    await window.getByRole('button', { name: 'Leave this view' }).click();
    await expect(window.getByText(/^You look as/u)).toHaveCount(0);
  }
  await goToAddress(window, 'vitrine://settings/access');
  await expect(window.getByRole('button', { name: 'Add a person…' })).toBeEnabled();
  expect(pageErrors).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`what is barred looks barred, in the ${theme} theme, wide and narrow`, async ({ launch }) => {
    test.slow();
    const data = folder();
    await vitrineJson(['sample'], { data });
    await vitrineJson(['user', 'create', 'noa', '--role', 'viewer'], { data });
    const { app, window, pageErrors } = await launch(data);
    await window.emulateMedia({ reducedMotion: 'reduce' });
    await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
    await goToAddress(window, 'vitrine://members/Models');
    const access = window.getByRole('region', { name: 'Why somebody may or may not' });
    await access.getByRole('combobox').click();
    await access.getByRole('combobox').fill('noa');
    await window.getByRole('option', { name: /noa/u }).click();
    await access.getByRole('button', { name: 'View as them' }).click();
    await expect(window.getByText('You look as noa')).toBeVisible();
    // The library's guards around an open menu and its place outside of the landmarks are its own: there only colours are asked about.
    const coloursAlone = 'dark';
    for await (const look of atBothWidths(app, window, theme)) {
      await goToAddress(window, 'vitrine://registry/Models');
      await expect(heading(window)).toHaveText('Models');
      await look('view-as-registry');
      await window.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
      await look('view-as-registry-menu', coloursAlone);
      await window.keyboard.press('Escape');
      await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment');
      await rowOf(table(window, 'Versions of Review Sentiment'), /^v5/u).getByRole('gridcell').first().click();
      await look('view-as-collection');
      await goToAddress(window, 'vitrine://registry/Models/Review%20Sentiment/production');
      await expect(heading(window)).toContainText('Review Sentiment');
      await look('view-as-version');
      // The reason, as it comes to whoever goes there by keyboard.
      await window.getByRole('button', { name: 'Link to…', exact: true }).first().focus();
      await expect(window.getByText(/^This needs the role member/u).first()).toBeVisible();
      await look('view-as-reason', coloursAlone);
      await goToAddress(window, 'vitrine://board/Models');
      await expect(heading(window)).toHaveText('Alias board');
      await look('view-as-board');
      await goToAddress(window, 'vitrine://settings/access');
      await look('view-as-people');
      await goToAddress(window, 'vitrine://automations');
      await look('view-as-automations');
    }
    expect(pageErrors).toEqual([]);
  });
}
