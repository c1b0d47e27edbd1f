/** An automation made in the window, seen to fire, looked into; a gate set, an approval asked for where an alias is put, granted by somebody else. */
import { startReceiver, type Receiver } from '../../electron/core/automations/receiver.ts';
import { serveVitrine, stopServing, vitrine, vitrineJson } from '../cli/commandLine.ts';
import { goTo, goToAddress, heading, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { script } from './liveRun.ts';
import { folder, modelFolder } from './workshop.ts';

let receiver: Receiver;
test.beforeAll(async () => {
  receiver = await startReceiver();
});
test.afterAll(() => receiver.close());

test('an automation tells a webhook when an alias moves, says what it would have done before, and shows what it sent', async ({ launch }) => {
  test.slow();
  const data = folder();
  const run = (...args: readonly string[]) => vitrine(args, { data });
  for (const seed of [1, 2]) await run('log', modelFolder(`${folder()}/model`, seed), '-n', 'gemma', '-p', 'train');
  await run('link', 'train/gemma:v0', 'Models/Gemma', '-a', 'production');
  await run('automation', 'allow', receiver.host);
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, 'vitrine://automations');
  await expect(heading(window)).toHaveText('Automations');
  const main = window.getByRole('main');
  await main.getByRole('button', { name: 'New automation…' }).first().click();
  const dialog = window.getByRole('dialog', { name: 'New automation' });
  await dialog.getByRole('textbox', { name: /^Name/u }).fill('tell the team');
  await dialog.getByRole('combobox', { name: 'When' }).click();
  await window.getByRole('option', { name: 'An alias is added' }).click();
  await dialog.getByRole('textbox', { name: /^Aliases/u }).fill('prod*');
  await dialog.getByRole('textbox', { name: /^Address/u }).fill(`${receiver.url}/hook`);
  await dialog.getByRole('textbox', { name: /^Payload/u }).fill('{"alias": ${alais}}');
  const preview = dialog.getByRole('region', { name: 'What it does' });
  await expect(preview).toContainText('There is no “alais”: names are such as');
  await dialog.getByRole('textbox', { name: /^Payload/u }).fill('{"alias": "${alias}", "version": "${artifact_version_string}"}');
  await expect(preview).toContainText('When an alias matching prod* is added, POST to');
  await expect(preview).toContainText('It would have fired once');
  await expect(preview).toContainText('"version": "Gemma:v0"');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await expect(dialog).toBeHidden();

  // Somebody else acts, on the command line beside the window.
  await run('link', 'train/gemma:v1', 'Models/Gemma');
  await run('alias', 'set', 'wandb-registry-Models/Gemma:v1', 'prod-eu');
  await receiver.until(1);
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({ alias: 'prod-eu', version: 'Gemma:v1' });
  const item = main.getByRole('list', { name: 'Automations' }).getByRole('listitem').filter({ hasText: 'tell the team' });
  await expect(item).toContainText('1 done');
  const row = main.getByRole('grid', { name: 'Deliveries, newest first' }).getByRole('row').filter({ hasText: 'Models/Gemma:v1' });
  await row.dblclick();
  const delivery = window.getByRole('dialog', { name: /tell the team/u });
  await expect(delivery.getByRole('region', { name: 'Attempt 1' })).toContainText('status 204');
  await delivery.getByRole('button', { name: 'Send again' }).click();
  await receiver.until(2);
  await item.getByRole('switch').click();
  await expect(item.getByRole('switch')).not.toBeChecked();
  await item.getByRole('button', { name: /^Remove/u }).click();
  await window.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(main).toContainText('Nothing happens by itself yet');
  expect(pageErrors).toEqual([]);
});

test('an alias behind a gate is asked for where it is put, and put once somebody else has agreed', async ({ launch }) => {
  test.slow();
  const data = folder();
  const run = (...args: readonly string[]) => vitrine(args, { data });
  await run('log', modelFolder(`${folder()}/model`, 3), '-n', 'gemma', '-p', 'train');
  await run('link', 'train/gemma:v0', 'Models/Gemma');
  await run('user', 'create', 'bea', '--name', 'Bea', '--role', 'admin');
  const { key } = await vitrineJson<{ readonly key: string }>(['key', 'create', 'bea', '--user', 'bea'], { data });
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, 'vitrine://approvals');
  const main = window.getByRole('main');
  await expect(main).toContainText('Nothing is open');
  await main.getByRole('button', { name: 'Gates…' }).click();
  const gates = window.getByRole('dialog', { name: 'Gates' });
  await gates.getByRole('combobox', { name: 'Registry' }).click();
  await window.getByRole('option', { name: 'Models' }).click();
  await gates.getByRole('button', { name: 'Add a gate' }).click();
  await gates.getByRole('textbox', { name: 'Alias or pattern' }).fill('production');
  await gates.getByRole('checkbox', { name: 'Integrity verified' }).click();
  await gates.getByRole('button', { name: 'Save' }).click();
  await expect(gates).toBeHidden();

  await goToAddress(window, 'vitrine://registry/Models/Gemma/v0');
  await main.getByRole('button', { name: /add alias/iu }).first().click();
  await window.keyboard.type('production');
  await window.keyboard.press('Enter');
  await toast(window, 'That has to be approved first').getByRole('button', { name: 'Request approval' }).click();
  await expect(toast(window, 'is requested')).toBeVisible();

  await goTo(window, 'Approvals');
  const request = main.getByRole('list', { name: 'Requests for approval' }).getByRole('listitem').first();
  await expect(request).toContainText('integrity verified: not read yet');
  await expect(request.getByRole('button', { name: /^Grant/u })).toHaveAttribute('aria-disabled', 'true');
  await request.getByRole('button', { name: /^Check/u }).click();
  await expect(request).toContainText('4 files read');

  const served = await serveVitrine(data);
  const bea = script(served.url, key);
  const { items } = (await bea.call('approvals.list', { forMe: true })) as unknown as { readonly items: readonly { readonly id: number }[] };
  await bea.call('approvals.decide', { id: items[0]?.id, vote: 'grant', comment: 'well tested' } as never);
  await stopServing(served);
  await expect(main).toContainText('Nothing is open');
  await main.getByText('All', { exact: true }).click();
  await expect(request).toContainText('well tested');
  await expect(request).toContainText('put');
  await goToAddress(window, 'vitrine://registry/Models/Gemma/v0');
  await expect(main.getByRole('button', { name: 'Alias production' }).first()).toBeVisible();
  expect(pageErrors).toEqual([]);
});
