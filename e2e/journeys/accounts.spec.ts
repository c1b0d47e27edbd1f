/** People, service accounts, teams, keys and members: made, used, taken back, in the real window and at the real door. */
import { goToAddress, heading, pressOn, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { script } from './liveRun.ts';
import { folder } from './workshop.ts';

test('a service account is made, gets a key for reading, is used at the door and removed', async ({ launch }) => {
  test.slow();
  const { window, pageErrors } = await launch(folder());
  await goToAddress(window, 'vitrine://settings/access');
  const main = window.getByRole('main');

  await test.step('the account', async () => {
    await main.getByRole('button', { name: 'New service account…' }).click();
    const dialog = window.getByRole('dialog', { name: 'New service account' });
    await dialog.getByRole('textbox', { name: 'Account name' }).fill('a name with spaces/');
    await pressOn(dialog.getByRole('textbox', { name: 'Account name' }));
    await expect(dialog.getByRole('textbox', { name: 'Account name' })).toHaveAttribute('aria-invalid', 'true');
    await dialog.getByRole('textbox', { name: 'Account name' }).fill('ci-trainer');
    await dialog.getByRole('textbox', { name: /^Name/u }).fill('CI trainer');
    await pressOn(dialog.getByRole('textbox', { name: /^Name/u }));
    await expect(main.getByRole('table', { name: 'Service accounts' }).getByRole('row', { name: /CI trainer/u })).toContainText('Member');
  });

  let url = '';
  let key = '';
  await test.step('its key, shown once', async () => {
    await goToAddress(window, 'vitrine://settings/keys');
    await main.getByRole('switch', { name: 'For scripts on this machine' }).click();
    await expect(main.getByText(/^http:\/\/127\.0\.0\.1:\d+$/u)).toBeVisible();
    url = await main.getByText(/^http:\/\/127\.0\.0\.1:\d+$/u).innerText();
    await main.getByRole('button', { name: 'New key…' }).click();
    const dialog = window.getByRole('dialog', { name: 'New API key' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('nightly CI');
    await dialog.getByRole('combobox', { name: 'Acts as' }).click();
    await window.getByRole('option', { name: /CI trainer/u }).click();
    await dialog.getByText('Read only', { exact: true }).click();
    await dialog.getByText('90 days', { exact: true }).click();
    await dialog.getByRole('button', { name: 'Make the key' }).click();
    const shown = window.getByRole('dialog', { name: 'Key “nightly CI”' });
    key = (await shown.locator('pre').innerText()).trim();
    await shown.getByRole('button', { name: 'Done' }).click();
    const row = main.getByRole('table', { name: 'API keys' }).getByRole('row', { name: /nightly CI/u });
    await expect(row).toContainText('CI trainer');
    await expect(row).toContainText('read only');
    await expect(row).toContainText('never');
    await expect(main).not.toContainText(key);
  });

  const ci = script(url, key);
  await test.step('it may read, and not write', async () => {
    expect((await ci.call('users.get', {})).username).toBe('ci-trainer');
    await expect(ci.call('runs.create', { project: { name: 'lab' } })).rejects.toThrow(/403.*permission_denied/u);
    const row = main.getByRole('table', { name: 'API keys' }).getByRole('row', { name: /nightly CI/u });
    await expect(row).toContainText('just now');
  });

  await test.step('revoked, it opens nothing', async () => {
    await main.getByRole('button', { name: 'Revoke nightly CI' }).click();
    await window.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await expect(toast(window, 'Revoked “nightly CI”')).toBeVisible();
    await expect(window.getByRole('alertdialog')).toBeHidden();
    await expect(main.getByText('No keys yet')).toBeVisible();
    await main.getByText('Revoked and expired, too').click();
    await expect(main.getByRole('table', { name: 'API keys' }).getByRole('row', { name: /nightly CI/u })).toContainText('Revoked');
    await expect(ci.call('users.get', {})).rejects.toThrow(/401/u);
  });

  await test.step('the account goes, after what it means was said', async () => {
    await goToAddress(window, 'vitrine://settings/access');
    await main.getByRole('button', { name: 'More for CI trainer' }).click();
    await window.getByRole('menuitem', { name: 'Remove…' }).click();
    const remove = window.getByRole('alertdialog').getByRole('button', { name: 'Remove' });
    await remove.click();
    await expect(main.getByText('No service accounts')).toBeVisible();
    // By mistake: an undo takes it in again.
    await toast(window, 'Removed CI trainer').getByRole('button', { name: 'Undo' }).click();
    await expect(main.getByRole('button', { name: 'More for CI trainer' })).toBeVisible();
    await main.getByRole('button', { name: 'More for CI trainer' }).click();
    await window.getByRole('menuitem', { name: 'Remove…' }).click();
    await remove.click();
    await expect(main.getByText('No service accounts')).toBeVisible();
  });
  expect(pageErrors).toEqual([]);
});

test('a person gets a role in a registry, by name and by team', async ({ launch }) => {
  test.slow();
  const { window, pageErrors } = await launch(folder());
  const main = window.getByRole('main');
  await goToAddress(window, 'vitrine://settings/access');
  await main.getByRole('button', { name: 'Add a person…' }).click();
  const dialog = window.getByRole('dialog', { name: 'Add a person' });
  await dialog.getByRole('textbox', { name: 'Username' }).fill('ada');
  await dialog.getByRole('textbox', { name: /^Name/u }).fill('Ada Lovelace');
  await dialog.getByRole('combobox', { name: 'Role in the organization' }).click();
  await window.getByRole('option', { name: /^Viewer/u }).click();
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(main.getByRole('table', { name: 'People' }).getByRole('row', { name: /Ada Lovelace/u })).toContainText('Viewer');

  await test.step('the registry’s own menu leads to its members', async () => {
    await goToAddress(window, 'vitrine://registry/Models');
    await window.getByRole('button', { name: 'More', exact: true }).click();
    await window.getByRole('menuitem', { name: 'Members…' }).click();
    await expect(heading(window)).toHaveText('Members of Models');
  });
  await test.step('she is named there as a member, then as an admin, then no more', async () => {
    await main.getByRole('button', { name: 'Add members…' }).click();
    const add = window.getByRole('dialog', { name: 'Add members to Models' });
    await add.getByRole('combobox', { name: 'People and teams' }).fill('Ada');
    await window.getByRole('option', { name: /Ada Lovelace/u }).click();
    await add.getByRole('button', { name: 'Add' }).click();
    const named = main.getByRole('table', { name: 'Named in this registry' });
    await expect(named.getByRole('row', { name: /Ada Lovelace/u })).toContainText('Member');
    await named.getByRole('combobox', { name: 'Role of Ada Lovelace' }).click();
    await window.getByRole('option', { name: /^Admin/u }).click();
    await expect(toast(window, 'Ada Lovelace is now admin in Models')).toBeVisible();
    await expect(named.getByRole('row', { name: /Ada Lovelace/u })).toContainText('Admin');
    await named.getByRole('button', { name: 'Take Ada Lovelace out' }).click();
    await window.getByRole('alertdialog').getByRole('button', { name: 'Take out' }).click();
    await expect(main).toContainText('Nobody is named here.');
    await expect(window.getByRole('alertdialog')).toBeHidden();
  });
  await test.step('a team is made and filled', async () => {
    await goToAddress(window, 'vitrine://settings/access');
    await main.getByRole('button', { name: 'New team…' }).click();
    await window.getByRole('dialog', { name: 'New team' }).getByRole('textbox', { name: 'Name' }).fill('vision');
    await pressOn(window.getByRole('dialog', { name: 'New team' }).getByRole('textbox', { name: 'Name' }));
    const team = main.getByRole('region', { name: 'Team vision' });
    await expect(team).toBeVisible();
    await team.getByRole('button', { name: 'Add', exact: true }).click();
    await window.getByRole('menuitem', { name: 'Ada Lovelace' }).click();
    await expect(team.getByRole('combobox', { name: 'Role of Ada Lovelace in vision' })).toContainText('Member');
  });
  expect(pageErrors).toEqual([]);
});
