/** An automation made in the window, seen to fire, looked into; a gate set, an approval asked for where an alias is put, granted by somebody else. */
import { writeFileSync } from 'node:fs';
import { startReceiver, type Receiver } from '../../electron/core/automations/receiver.ts';
import { serveVitrine, stopServing, vitrine, vitrineJson } from '../cli/commandLine.ts';
import { goTo, goToAddress, heading, pressOn, toast } from '../pages/catalogWindow.ts';
import { atBothWidths } from '../pages/look.ts';
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
  await dialog.getByRole('button', { name: 'Create automation' }).click();
  await expect(dialog).toBeHidden();

  // Somebody else acts, on the command line beside the window.
  const before = receiver.received.length;
  await run('link', 'train/gemma:v1', 'Models/Gemma');
  await run('alias', 'set', 'wandb-registry-Models/Gemma:v1', 'prod-eu');
  await receiver.until(before + 1);
  expect(JSON.parse(receiver.received.at(-1)?.body ?? '')).toEqual({ alias: 'prod-eu', version: 'Gemma:v1' });
  const item = main.getByRole('list', { name: 'Automations' }).getByRole('listitem').filter({ hasText: 'tell the team' });
  await expect(item).toContainText('1 done');
  const row = main.getByRole('grid', { name: 'Deliveries, newest first' }).getByRole('row').filter({ hasText: 'Models/Gemma:v1' });
  await row.dblclick();
  const delivery = window.getByRole('dialog', { name: /tell the team/u });
  await expect(delivery.getByRole('region', { name: 'Attempt 1' })).toContainText('status 204');
  await delivery.getByRole('button', { name: 'Send again' }).click();
  await receiver.until(before + 2);
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
  for (const [username, name] of [['bea', 'Bea'], ['cat', 'Cat']] as const) await run('user', 'create', username, '--name', name, '--role', 'admin');
  const { key } = await vitrineJson<{ readonly key: string }>(['key', 'create', 'bea', '--user', 'bea'], { data });
  const { window, pageErrors, facts } = await launch(data);
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
  await gates.getByRole('checkbox', { name: 'Safety scan clean' }).click();
  await gates.getByRole('button', { name: 'Add a gate' }).click();
  await gates.getByRole('group', { name: 'Gate 2' }).getByRole('textbox', { name: 'Alias or pattern' }).fill('canary');
  await gates.getByRole('group', { name: 'Gate 2' }).getByRole('textbox', { name: /^Metrics/u }).fill('layers exists');
  await gates.getByRole('button', { name: 'Save' }).click();
  await expect(gates).toBeHidden();

  await goToAddress(window, 'vitrine://registry/Models/Gemma/v0');
  await main.getByRole('button', { name: /add alias/iu }).first().click();
  await expect(window.getByRole('textbox', { name: 'Aliases' })).toBeFocused();
  await window.keyboard.type('production');
  await window.keyboard.press('Enter');
  // Nothing was tried: it is said before.
  const asked = window.getByRole('dialog', { name: '“production” needs an approval on v0' });
  await expect(asked).toContainText('may stand on Models/Gemma:v0 only once that is approved');
  await asked.getByRole('button', { name: 'Request approval' }).click();
  await expect(toast(window, 'is requested')).toBeVisible();

  await goTo(window, 'Approvals');
  const request = main.getByRole('list', { name: 'Requests for approval' }).getByRole('listitem').first();
  await expect(request).toContainText('integrity verified: not read yet');
  await expect(request.getByRole('button', { name: /^Grant/u })).toHaveAttribute('aria-disabled', 'true');
  await request.getByRole('button', { name: /^Check/u }).click();
  await expect(request).toContainText('4 files read');
  await expect(request).toContainText('safety scan clean: nothing found');

  const served = await serveVitrine(data);
  const bea = script(served.url, key);
  const { items } = (await bea.call('approvals.list', { forMe: true })) as unknown as { readonly items: readonly { readonly id: number; readonly linkId: number }[] };
  await bea.call('approvals.decide', { id: items[0]?.id, vote: 'grant', comment: 'well tested' } as never);
  expect(await facts.wait('notification')).toMatchObject({ title: 'Granted: production on Models/Gemma:v0' });
  // She asks in turn; who sits here is told, and reminded.
  const other = (await bea.call('approvals.request', { linkId: items[0]?.linkId, alias: 'canary' } as never)) as unknown as { readonly id: number };
  await facts.wait('notification', { where: (fact) => fact['title'] === 'Your approval is asked for: canary on Models/Gemma:v0' });
  await bea.call('approvals.remind', { id: other.id } as never);
  await facts.wait('notification', { where: (fact) => fact['title'] === 'Still waiting for you: canary on Models/Gemma:v0' });
  const canary = main.getByRole('list', { name: 'Requests for approval' }).getByRole('listitem').filter({ hasText: 'canary' });
  await expect(canary).toContainText('layers is there: the version’s metadata says otherwise');
  await canary.getByRole('button', { name: /^Pass on/u }).click();
  const passing = window.getByRole('dialog', { name: 'Pass it on' });
  await passing.getByRole('combobox', { name: 'To' }).fill('Cat');
  await window.getByRole('option', { name: /Cat/u }).click();
  await passing.getByRole('button', { name: 'Pass on' }).click();
  await expect(canary).toContainText('of Cat');
  await expect(canary.getByRole('button', { name: /^Grant/u })).toHaveAttribute('aria-disabled', 'true');
  await bea.call('approvals.withdraw', { id: other.id } as never);
  await stopServing(served);
  await expect(main).toContainText('Nothing is open');
  await main.getByText('All', { exact: true }).click();
  const granted = main.getByRole('list', { name: 'Requests for approval' }).getByRole('listitem').filter({ hasText: 'production' });
  await expect(granted).toContainText('well tested');
  await expect(granted).toContainText('put');
  await goToAddress(window, 'vitrine://registry/Models/Gemma/v0');
  await expect(main.getByRole('button', { name: 'Alias production' }).first()).toBeVisible();
  expect(pageErrors).toEqual([]);
});

test('secrets, jobs and addresses are set in the window; an automation of two actions is made with the keyboard alone; a job under way is ended', async ({ launch }) => {
  test.slow();
  const data = folder();
  const run = (...args: readonly string[]) => vitrine(args, { data });
  await run('log', modelFolder(`${folder()}/model`, 4), '-n', 'gemma', '-p', 'train');
  await run('link', 'train/gemma:v0', 'Models/Gemma');
  const script = `${folder()}/long.sh`;
  writeFileSync(script, '#!/bin/sh\necho begun\nexec sleep 600\n');
  const { window, pageErrors, facts } = await launch(data);
  await goToAddress(window, 'vitrine://automations');
  const main = window.getByRole('main');
  const keys = window.keyboard;

  // By keyboard: the button has the focus, the form is walked with Tab.
  await main.getByRole('button', { name: 'New secret…' }).focus();
  await keys.press('Enter');
  const secret = window.getByRole('dialog', { name: 'New secret' });
  await expect(secret.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await keys.type('TOKEN');
  await keys.press('Tab');
  await keys.type('s3cret of the window');
  await keys.press('Enter');
  await expect(secret).toBeHidden();
  const secrets = main.getByRole('list', { name: 'Secrets of automations' });
  await expect(secrets).toContainText('TOKEN');
  await expect(window.locator('body')).not.toContainText('s3cret');

  await main.getByRole('button', { name: 'Approve a command…' }).focus();
  await keys.press('Enter');
  const job = window.getByRole('dialog', { name: 'Approve a command' });
  await expect(job.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await keys.type('long one');
  await keys.press('Tab');
  await keys.insertText(`/bin/sh\n${script}`);
  await keys.press('Tab');
  await keys.type(data);
  await expect(job).toContainText(`/bin/sh ${script}`);
  await keys.press('Enter');
  await expect(job).toBeHidden();
  const jobs = main.getByRole('list', { name: 'Approved commands' });
  await expect(jobs).toContainText('As approved');

  const host = main.getByRole('textbox', { name: 'Host or host:port' });
  await host.focus();
  await keys.type('https://wrong');
  await keys.press('Enter');
  await expect(main.getByRole('region', { name: 'Allowed addresses' })).toContainText('is no host');
  await host.fill(receiver.host);
  await pressOn(host);
  await expect(main.getByRole('list', { name: 'Addresses that automations may call' })).toContainText(receiver.host);

  await main.getByRole('button', { name: 'New automation…' }).first().focus();
  await keys.press('Enter');
  const dialog = window.getByRole('dialog', { name: 'New automation' });
  await expect(dialog.getByRole('textbox', { name: /^Name/u })).toBeFocused();
  await keys.type('two of them');
  await keys.press('Tab');
  await keys.press('Enter');
  await pressOn(window.getByRole('option', { name: 'An alias is added' }));
  const first = dialog.getByRole('group', { name: 'Action 1' });
  await expect(window.getByRole('option')).toHaveCount(0);
  await first.getByRole('textbox', { name: /^Address/u }).focus();
  await keys.type(`${receiver.url}/two`);
  await keys.press('Tab');
  await keys.press('Enter');
  await pressOn(window.getByRole('option', { name: 'TOKEN' }));
  // The list gives the focus back when it is gone.
  await expect(window.getByRole('option')).toHaveCount(0);
  await first.getByRole('textbox', { name: /^Headers/u }).focus();
  await keys.insertText('X-Team: ${entity_name}\nnonsense');
  await expect(first).toContainText('“nonsense” is no header');
  await first.getByRole('textbox', { name: /^Headers/u }).fill('X-Team: ${entity_name}');
  await dialog.getByRole('button', { name: 'Then do something else' }).focus();
  await keys.press('Enter');
  const second = dialog.getByRole('group', { name: 'Action 2' });
  await pressOn(second.getByRole('textbox', { name: 'Title' }), 'ControlOrMeta+a');
  await keys.type('put on ${label}');
  const preview = dialog.getByRole('region', { name: 'What it does' });
  await expect(preview).toContainText(`POST to ${receiver.url}/two`);
  await expect(preview).toContainText('show a notification “put on ${label}”');
  await dialog.getByRole('button', { name: 'Create automation' }).focus();
  await keys.press('Enter');
  await expect(dialog).toBeHidden();

  const before = receiver.received.length;
  await run('alias', 'set', 'wandb-registry-Models/Gemma:v0', 'production');
  await receiver.until(before + 1);
  expect(receiver.received.at(-1)).toMatchObject({ path: '/two', headers: expect.objectContaining({ authorization: 'Bearer s3cret of the window', 'x-team': expect.any(String) as unknown }) as unknown });
  expect(await facts.wait('notification')).toMatchObject({ title: 'put on Models/Gemma:v0' });

  // Both actions are there when it is opened again; it becomes a job.
  await main.getByRole('button', { name: 'Edit two of them' }).click();
  const edit = window.getByRole('dialog', { name: /^Edit/u });
  await expect(edit.getByRole('group', { name: 'Action 2' }).getByRole('textbox', { name: 'Title' })).toHaveValue('put on ${label}');
  await edit.getByRole('button', { name: 'Remove action 2' }).click();
  await edit.getByRole('combobox', { name: 'Action 1' }).click();
  await window.getByRole('option', { name: 'Run a local job' }).click();
  await edit.getByRole('combobox', { name: 'Job' }).click();
  await window.getByRole('option', { name: /long one/u }).click();
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(edit).toBeHidden();
  await run('alias', 'set', 'wandb-registry-Models/Gemma:v0', 'staging');
  const grid = main.getByRole('grid', { name: 'Deliveries, newest first' });
  const row = grid.getByRole('row').filter({ hasText: 'job long one' });
  await expect(row).toContainText('sending');
  await row.dblclick();
  const delivery = window.getByRole('dialog', { name: /two of them/u });
  await delivery.getByRole('button', { name: 'End the job' }).click();
  await expect(delivery.getByRole('region', { name: 'Attempt 1' })).toContainText('It was cancelled.');
  await delivery.getByRole('button', { name: 'Close' }).last().click();
  await expect(row).toContainText('discarded');

  // Changed since: it says so, and runs no more until it is approved again.
  writeFileSync(script, '#!/bin/sh\necho other\n');
  await run('alias', 'set', 'wandb-registry-Models/Gemma:v0', 'canary');
  await expect(grid.getByRole('row').filter({ hasText: 'approve it again' })).toBeVisible();
  await goTo(window, 'Approvals');
  await goTo(window, 'Automations');
  await expect(jobs).toContainText('Changed since: it will not run');
  await jobs.getByRole('button', { name: 'Approve long one again' }).click();
  await window.getByRole('dialog', { name: /Approve “long one” again/u }).getByRole('button', { name: 'Approve' }).click();
  await expect(jobs).toContainText('As approved');
  await main.getByRole('button', { name: `Allow ${receiver.host} no more` }).click();
  await expect(main.getByRole('list', { name: 'Addresses that automations may call' })).toBeHidden();
  await main.getByRole('button', { name: 'Forget TOKEN' }).click();
  await window.getByRole('alertdialog').getByRole('button', { name: 'Forget' }).click();
  await expect(secrets).toBeHidden();
  expect(pageErrors).toEqual([]);
});

test('an automation is doubled, changed and saved; YAML is taken in, what is wrong with it shown at its line; by mouse and by keyboard', async ({ launch }) => {
  test.slow();
  const data = folder();
  const run = (...args: readonly string[]) => vitrine(args, { data });
  const files = folder();
  await run('log', modelFolder(`${folder()}/model`, 5), '-n', 'gemma', '-p', 'train');
  await run('link', 'train/gemma:v0', 'Models/Gemma');
  await run('automation', 'allow', receiver.host);
  writeFileSync(`${files}/slack.yaml`, JSON.stringify({ automations: [
    { name: 'To Slack', description: 'Asked for by the team of May', event: 'alias.added', scope: { kind: 'registry', name: 'Models' }, filter: { aliases: [{ kind: 'regex', text: '^prod/eu' }] }, actions: [{ kind: 'slack', url: `${receiver.url}/slack`, text: '${alias} is out', severity: 'error' }] },
  ] }));
  await run('automation', 'import', `${files}/slack.yaml`);
  const { window, pageErrors } = await launch(data);
  const keys = window.keyboard;
  await goToAddress(window, 'vitrine://automations');
  const main = window.getByRole('main');
  const list = main.getByRole('list', { name: 'Automations', exact: true });

  // By mouse: the copy has everything but the name, and goes its own way.
  await main.getByRole('button', { name: 'Duplicate To Slack' }).click();
  const dialog = window.getByRole('dialog', { name: 'New automation' });
  await expect(dialog.getByRole('textbox', { name: /^Name/u })).toHaveValue('To Slack copy');
  await expect(dialog.getByRole('textbox', { name: /^Aliases/u })).toHaveValue('/^prod\\/eu/');
  await expect(dialog.getByRole('textbox', { name: /^Description/u })).toHaveValue('Asked for by the team of May');
  await expect(dialog.getByRole('combobox', { name: 'Severity' })).toContainText('Error');
  await dialog.getByRole('textbox', { name: /^Aliases/u }).fill('production');
  await dialog.getByRole('combobox', { name: 'Severity' }).click();
  await window.getByRole('option', { name: 'Warning' }).click();
  await dialog.getByRole('button', { name: 'Create automation' }).click();
  await expect(dialog).toBeHidden();
  await expect(list.getByRole('listitem')).toHaveCount(2);
  const before = receiver.received.length;
  await run('alias', 'set', 'wandb-registry-Models/Gemma:v0', 'production');
  await receiver.until(before + 1);
  expect(JSON.parse(receiver.received.at(-1)?.body ?? '')).toMatchObject({ text: 'production is out', attachments: [expect.objectContaining({ color: '#d97706' })] });

  // By keyboard: a second copy has a name of its own.
  await main.getByRole('button', { name: 'Duplicate To Slack', exact: true }).focus();
  await keys.press('Enter');
  await expect(dialog.getByRole('textbox', { name: /^Name/u })).toBeFocused();
  await expect(dialog.getByRole('textbox', { name: /^Name/u })).toHaveValue('To Slack copy 2');
  await keys.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(list.getByRole('listitem')).toHaveCount(3);

  // YAML with mistakes: each at its line, and nothing of it taken.
  await main.getByRole('button', { name: 'More', exact: true }).click();
  await window.getByRole('menuitem', { name: 'From YAML…' }).click();
  const yaml = window.getByRole('dialog', { name: 'Automations from YAML' });
  const text = yaml.getByRole('textbox', { name: 'YAML' });
  await text.fill('automations:\n  - name: first\n    event: alias.added\n    actions: [{ kind: notification, title: "${alais}" }]\n  - name: second\n    event: alias.mvoed\n    actions: [{ kind: job, job: deploy }]\n');
  await yaml.getByRole('button', { name: 'Look at it' }).click();
  await expect(yaml).toContainText('2 things can’t be read; nothing was taken.');
  const spots = yaml.getByRole('list', { name: 'What can’t be read' });
  await expect(spots.getByRole('listitem').first()).toContainText('There is no “alais”');
  await spots.getByRole('button', { name: 'Line 6' }).click();
  await expect(text).toBeFocused();
  // What is wrong is marked: written over, it is right.
  await keys.insertText('alias.moved');
  await expect(text).toHaveValue(/event: alias\.moved\n/u);
  await yaml.getByRole('button', { name: 'Look at it' }).focus();
  await keys.press('Enter');
  await expect(yaml).toContainText('One thing can’t be read');
  await spots.getByRole('button', { name: 'Line 4' }).focus();
  await keys.press('Enter');
  await expect(text).toBeFocused();
  await keys.insertText('"${alias}" }]');
  await yaml.getByRole('button', { name: 'Look at it' }).focus();
  await keys.press('Enter');
  await expect(yaml.getByRole('status')).toContainText('New: first, second');
  await expect(yaml.getByRole('status')).toContainText('Still needed here: job deploy');
  await yaml.getByRole('button', { name: 'Take them' }).click();
  await expect(yaml).toBeHidden();
  await expect(list.getByRole('listitem')).toHaveCount(5);
  expect(pageErrors).toEqual([]);
});

test('a version’s files are scanned from its page, and what was found leads to the file', async ({ launch }) => {
  const data = folder();
  const files = folder();
  writeFileSync(`${files}/model.pkl`, "cos\nsystem\n(S'true'\ntR.");
  await vitrine(['log', `${files}/model.pkl`, '-n', 'gemma', '-p', 'train'], { data });
  await vitrine(['link', 'train/gemma:v0', 'Models/Gemma'], { data });
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, 'vitrine://registry/Models/Gemma/v0');
  const main = window.getByRole('main');
  await expect(main).toContainText('Not scanned yet.');
  await main.getByRole('button', { name: 'Scan the files' }).click();
  const found = main.getByRole('list', { name: 'Findings of the safety scan' });
  await expect(found).toContainText('os.system');
  await expect(main).toContainText('1 danger for whoever loads it');
  await found.getByRole('button', { name: 'model.pkl' }).click();
  await expect(main.getByRole('tab', { name: /^Files/u })).toHaveAttribute('aria-selected', 'true');
  expect(pageErrors).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`automations, their editor and log, approvals, gates and a scan in the ${theme} theme, wide and narrow`, async ({ launch }) => {
    test.slow();
    const data = folder();
    const run = (...args: readonly string[]) => vitrine(args, { data });
    const files = folder();
    writeFileSync(`${files}/model.pkl`, "cmine.nets\nNet\n0cos\nsystem\n(S'true'\ntR.");
    await run('log', `${files}/model.pkl`, '-n', 'gemma', '-p', 'train');
    await run('link', 'train/gemma:v0', 'Models/Gemma');
    writeFileSync(`${files}/automations.yaml`, JSON.stringify({ automations: [
      { name: 'Tell the team', event: 'alias.added', scope: { kind: 'registry', name: 'Models' }, filter: { aliases: [{ kind: 'glob', text: 'prod*' }], notBy: ['ci-bot'] }, actions: [{ kind: 'webhook', url: `${receiver.url}/hook`, headers: [{ name: 'X-Team', value: '${entity_name}' }] }, { kind: 'notification', title: '${label}', text: '' }] },
      { name: 'Failed runs to Slack', event: 'run.failed', enabled: false, actions: [{ kind: 'slack', urlSecret: 'SLACK', text: '${run_name} failed', severity: 'error' }] },
      { name: 'Elsewhere', event: 'alias.added', actions: [{ kind: 'webhook', url: 'http://127.0.0.1:9/nobody' }] },
    ] }));
    await run('automation', 'import', `${files}/automations.yaml`);
    await run('automation', 'allow', receiver.host);
    await run('job', 'approve', 'evaluate', '--folder', files, '--', '/bin/sh', '-c', 'python3 evaluate.py --quick');
    writeFileSync(`${files}/gates.yaml`, '- alias: release*\n  approvals: 2\n  checks: [{ kind: card }, { kind: metric, path: eval.accuracy, comparison: ">", value: 0.9 }, { kind: scan }]\n');
    await run('gate', 'set', 'Models', `${files}/gates.yaml`);
    await run('approval', 'request', 'wandb-registry-Models/Gemma:v0', 'release-1', '-m', 'held-out accuracy 0.93');
    await run('scan', 'train/gemma:v0');
    const { app, window, pageErrors } = await launch(data);
    await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
    await run('alias', 'set', 'wandb-registry-Models/Gemma:v0', 'production');
    const main = window.getByRole('main');
    for await (const look of atBothWidths(app, window, theme)) {
      await goToAddress(window, 'vitrine://automations');
      await expect(main.getByRole('grid', { name: 'Deliveries, newest first' }).getByRole('row').filter({ hasText: 'failed' })).toBeVisible();
      await look('automations');
      await main.getByRole('region', { name: 'Secrets, jobs and addresses' }).scrollIntoViewIfNeeded();
      await look('automations-means');
      await main.getByRole('button', { name: 'Edit Tell the team' }).click();
      const edit = window.getByRole('dialog', { name: /^Edit/u });
      await expect(edit.getByRole('region', { name: 'What it does' })).toContainText('POST to');
      await look('automation-editor');
      await edit.getByRole('button', { name: 'Then do something else' }).scrollIntoViewIfNeeded();
      await look('automation-editor-end');
      await window.keyboard.press('Escape');
      await main.getByRole('grid').getByRole('row').filter({ hasText: 'failed' }).first().dblclick();
      await expect(window.getByRole('dialog', { name: /Elsewhere/u }).getByRole('region', { name: 'Attempt 1' })).toBeVisible();
      await look('delivery');
      await window.keyboard.press('Escape');
      await main.getByRole('button', { name: 'More', exact: true }).click();
      await window.getByRole('menuitem', { name: 'From YAML…' }).click();
      const yaml = window.getByRole('dialog', { name: 'Automations from YAML' });
      await yaml.getByRole('textbox', { name: 'YAML' }).fill('automations:\n  - name: first\n    event: alias.added\n    actions: [{ kind: notification, title: "${alais}" }]\n  - name: second\n    event: alias.mvoed\n    actions: [{ kind: job, job: deploy }]\n');
      await yaml.getByRole('button', { name: 'Look at it' }).click();
      await yaml.getByRole('button', { name: 'Line 6' }).click();
      await look('automations-yaml');
      await window.keyboard.press('Escape');
      await main.getByRole('button', { name: 'Approve a command…' }).click();
      await window.getByRole('dialog').getByRole('textbox', { name: 'Command' }).fill('/usr/bin/python3\n/home/ada/deploy it.py');
      await look('job-dialog');
      await window.keyboard.press('Escape');
      await goToAddress(window, 'vitrine://approvals');
      await expect(main.getByRole('list', { name: 'Requests for approval' })).toContainText('release-1');
      await look('approvals');
      await main.getByRole('button', { name: 'Gates…' }).click();
      await window.getByRole('dialog', { name: 'Gates' }).getByRole('combobox', { name: 'Registry' }).click();
      await window.getByRole('option', { name: 'Models' }).click();
      await expect(window.getByRole('textbox', { name: 'Alias or pattern' })).toHaveValue('release*');
      await look('gates');
      await window.keyboard.press('Escape');
      await goToAddress(window, 'vitrine://registry/Models/Gemma/v0');
      await main.getByRole('list', { name: 'Findings of the safety scan' }).scrollIntoViewIfNeeded();
      await look('safety');
    }
    expect(pageErrors).toEqual([]);
  });
}
