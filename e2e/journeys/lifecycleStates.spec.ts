/** Lifecycle states: defined for a registry, changed by the menu along the ways that there are, with a reason where one is asked for. */
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress, pressOn, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { startCore } from '../drivers/core.ts';
import { atBothWidths } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, folder } from './workshop.ts';

test('a registry gets states; a version goes through them; why is asked where the registry wants it', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const { window, pageErrors } = await launch(data);

  await test.step('the states that are offered are taken over, and one is renamed', async () => {
    await goToAddress(window, 'vitrine://registry/Edge%20Models');
    await window.getByRole('main').getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name: 'Lifecycle states…' }).click();
    const dialog = window.getByRole('dialog', { name: 'Lifecycle of Edge Models' });
    await dialog.getByRole('button', { name: 'Begin with these' }).click();
    await dialog.getByRole('textbox', { name: 'Name of state 3' }).fill('draft');
    await expect(dialog.getByRole('alert')).toContainText('same name');
    await dialog.getByRole('textbox', { name: 'Name of state 3' }).fill('released');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(toast(window, 'Edge Models has 4 states')).toBeVisible();
  });

  await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word%20Tiny');
  const row = rowOf(table(window, 'Versions of Wake Word Tiny'), /^v3/u);
  const state = (name: string) => row.getByRole('button', { name: `State ${name} of v3` });

  await test.step('only ways that lead on are offered', async () => {
    await state('draft').click();
    await expect(window.getByRole('menuitem', { name: 'candidate', exact: true })).toBeVisible();
    await expect(window.getByRole('menuitem', { name: 'released' })).toHaveCount(0);
    await window.getByRole('menuitem', { name: 'candidate', exact: true }).click();
    await expect(state('candidate')).toBeVisible();
    await pressOn(state('candidate'));
    await pressOn(window.getByRole('menuitem', { name: 'released' }));
    await expect(state('released')).toBeVisible();
  });

  await test.step('the way back asks why; undo takes it back', async () => {
    await state('released').click();
    await window.getByRole('menuitem', { name: 'candidate…' }).click();
    const why = window.getByRole('dialog').filter({ hasText: 'candidate' });
    await expect(why.getByRole('button', { name: 'Change state' })).toHaveAttribute('aria-disabled', 'true');
    await why.getByRole('textbox', { name: 'Reason' }).fill('Found a regression on the device');
    await why.getByRole('button', { name: 'Change state' }).click();
    const told = toast(window, '“released” → “candidate”');
    await expect(state('candidate')).toBeVisible();
    await told.getByRole('button', { name: 'Undo' }).click();
    await expect(state('released')).toBeVisible();
  });

  await test.step('many at once are one act with one undo, by mouse and by the key', async () => {
    const grid = table(window, 'Versions of Wake Word Tiny');
    const [one, other] = [rowOf(grid, /^v1/u), rowOf(grid, /^v2/u)];
    await one.getByRole('gridcell').first().click();
    await other.getByRole('gridcell').first().click({ modifiers: ['ControlOrMeta'] });
    await window.getByRole('toolbar', { name: 'Selected versions' }).getByRole('button', { name: 'State…' }).click();
    await window.getByRole('menuitem', { name: 'candidate', exact: true }).click();
    await expect(one.getByRole('button', { name: 'State candidate of v1' })).toBeVisible();
    await expect(other.getByRole('button', { name: 'State candidate of v2' })).toBeVisible();
    await toast(window, '2 versions: “draft” → “candidate”').getByRole('button', { name: 'Undo' }).click();
    await expect(one.getByRole('button', { name: 'State draft of v1' })).toBeVisible();
    await expect(other.getByRole('button', { name: 'State draft of v2' })).toBeVisible();
    await grid.focus();
    await window.keyboard.press('ControlOrMeta+a');
    await window.keyboard.press('s');
    // From “released” and from “draft” at once no way is the same but those that the menu names.
    await expect(window.getByRole('menu')).toBeVisible();
    await window.keyboard.press('Escape');
    await expect(window.getByRole('menu')).toHaveCount(0);
  });

  await test.step('the state stands on the page of the version and on the board, and is changed there', async () => {
    await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word%20Tiny/v2');
    await pressOn(window.getByRole('button', { name: 'State draft of v2' }));
    await pressOn(window.getByRole('menuitem', { name: 'candidate', exact: true }));
    await expect(window.getByRole('button', { name: 'State candidate of v2' })).toBeVisible();
    await goToAddress(window, 'vitrine://board/Edge%20Models');
    const chip = window.getByRole('button', { name: /^staging on v3 of Wake Word Tiny/u });
    const cell = window.locator('[data-board-cell$=" staging"]').filter({ has: chip });
    await expect(cell).toContainText('released');
    await chip.click();
    await window.getByRole('menuitem', { name: 'State of v3: released…' }).click();
    await window.getByRole('menuitem', { name: 'candidate…' }).click();
    await window.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('Not yet');
    await pressOn(window.getByRole('dialog').getByRole('textbox', { name: 'Reason' }), 'ControlOrMeta+Enter');
    await expect(cell).toContainText('candidate');
  });

  await test.step('a registry that wants to know why asks at every move of an alias', async () => {
    await goToAddress(window, 'vitrine://registry/Edge%20Models');
    await window.getByRole('main').getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name: 'Edit registry…' }).click();
    const dialog = window.getByRole('dialog', { name: 'Edit Edge Models' });
    await dialog.getByRole('radio', { name: 'For every alias' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await goToAddress(window, 'vitrine://board/Edge%20Models');
    await window.getByRole('button', { name: /^staging on v3 of Wake Word Tiny/u }).click();
    await window.getByRole('menuitem', { name: 'Remove' }).click();
    const asked = window.getByRole('dialog', { name: 'A reason is needed' });
    await asked.getByRole('textbox', { name: 'Reason' }).fill('Staging is being rebuilt');
    await pressOn(asked.getByRole('textbox', { name: 'Reason' }), 'ControlOrMeta+Enter');
    await expect(toast(window, 'Removed “staging” from v3')).toBeVisible();
    await goToAddress(window, 'vitrine://history');
    await expect(rowOf(window.getByRole('grid'), 'staging').first()).toBeVisible();
    await expect(window.getByRole('main')).toContainText('Staging is being rebuilt');
  });

  expect(pageErrors).toEqual([]);
});

test('what a state is in MLflow and in W&B is set with its registry, and said where a remote takes states', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  await vitrineJson(['lifecycle', 'set', 'Edge Models', '--standard'], { data });
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  for (const [kind, name] of [['mlflow', 'tracking'], ['wandb', 'cloud']] as const) {
    const { output } = await core.client.execute('remotes.add', { kind, url: 'http://127.0.0.1:1', name, registry: 'Edge Models', ...(kind === 'wandb' ? { workspace: 'acme/edge', credential: { kind: 'token', token: 'x'.repeat(40) } } : {}) });
    await core.client.execute('sync.pause', { remoteId: output.id });
  }
  const { id: registryId } = await core.client.query('registries.get', { name: 'Edge Models' });
  await core.client.execute('gates.set', { registryId, gates: [{ alias: 'blessed', approvals: 1 }] });
  await core.stop();
  const { app, window, pageErrors } = await launch(data);
  const dialog = window.getByRole('dialog', { name: 'Lifecycle of Edge Models' });
  const remote = (name: string) => window.getByRole('region', { name });

  await test.step('the settings of a remote say what states are there, and lead to the mapping', async () => {
    await goToAddress(window, 'vitrine://settings/remotes');
    await remote('tracking').getByRole('switch', { name: 'Lifecycle states' }).click();
    await expect(remote('tracking')).toContainText('draft is None, candidate is Staging, approved is Production, retired is Archived.');
    await expect(remote('cloud')).toContainText('draft is no alias, candidate is staging, approved is production, retired is no alias.');
    await remote('tracking').getByRole('button', { name: /^Change what the states of Edge Models are there/u }).click();
    await dialog.getByRole('combobox', { name: 'Stage of candidate in MLflow' }).click();
    await window.getByRole('option', { name: 'Production', exact: true }).click();
    await dialog.getByRole('combobox', { name: 'Alias of candidate in W&B' }).click();
    await window.getByRole('option', { name: 'Another…' }).click();
    await dialog.getByRole('textbox', { name: 'Name of the alias of candidate' }).fill('v7');
    await expect(dialog.getByRole('alert')).toContainText('version number');
    await dialog.getByRole('textbox', { name: 'Name of the alias of candidate' }).fill('blessed');
    await expect(dialog.getByRole('alert')).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(remote('tracking')).toContainText('candidate is Production');
    await expect(remote('cloud')).toContainText('candidate is blessed');
  });

  await test.step('by keys alone, taken back, and undone', async () => {
    const change = remote('cloud').getByRole('button', { name: /^Change what the states/u });
    await change.focus();
    await window.keyboard.press('Enter');
    await pressOn(dialog.getByRole('combobox', { name: 'Alias of candidate in W&B' }));
    await expect(window.getByRole('option', { name: 'Another…' })).toBeFocused();
    await window.keyboard.press('ArrowUp');
    await expect(window.getByRole('option', { name: 'Another…' })).not.toBeFocused();
    await window.keyboard.press('ArrowUp');
    await window.keyboard.press('Enter');
    await expect(dialog.getByRole('textbox', { name: 'Name of the alias of candidate' })).toHaveCount(0);
    await pressOn(dialog.getByRole('button', { name: 'Save' }));
    await expect(dialog).toBeHidden();
    await expect(change).toBeFocused();
    // Its stage is Production by now, and so is its usual alias.
    await expect(remote('cloud')).toContainText('candidate is production');
    await window.keyboard.press('ControlOrMeta+z');
    await expect(remote('cloud')).toContainText('candidate is blessed');
  });

  await test.step('a state whose alias there waits for an approval says so in the menu, and asks for it; by keys, too', async () => {
    const states = remote('cloud').getByRole('switch', { name: 'Lifecycle states' });
    await states.click();
    // It shows what the catalog holds, so that it turns once that is written.
    await expect(states).toBeChecked();
    await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word%20Tiny');
    const versions = table(window, 'Versions of Wake Word Tiny');
    const asked = window.getByRole('dialog', { name: '“candidate” needs an approval of “blessed”' });
    const waiting = window.getByRole('menuitem', { name: 'candidate: “blessed” needs an approval…' });
    for (const theme of ['light', 'dark'] as const) {
      await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
      for await (const look of atBothWidths(app, window, theme)) {
        // A menu closes when its window changes its size.
        await goToAddress(window, 'vitrine://registry/Edge%20Models/Wake%20Word%20Tiny');
        await versions.getByRole('button', { name: 'State draft of v3' }).click();
        await expect(waiting).toBeVisible();
        // Of an open menu only its colours are asked: what the library keeps around it is no place of ours.
        await look('state-menu-approval', 'dark');
        await waiting.click();
        await expect(asked).toContainText('At W&B “blessed” stands for the state.');
        await look('state-approval-asked');
        await window.keyboard.press('Escape');
        await expect(asked).toHaveCount(0);
      }
    }
    await pressOn(versions.getByRole('button', { name: 'State draft of v3' }));
    await pressOn(waiting);
    await pressOn(asked.getByRole('button', { name: 'Request approval' }));
    await expect(toast(window, /^Approval of blessed on .* is requested/u)).toBeVisible();
    await expect(versions.getByRole('button', { name: 'State draft of v3' })).toBeVisible();
  });
  expect(pageErrors).toEqual([]);
});
