/** The window stands open; the real client runs W&B's quickstart against the app's own door; each thing appears within a second of its call, with no reload. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { launchVitrine, type Vitrine } from '../drivers/electron.ts';
import { startProgram, type RunningClient } from '../drivers/pythonClient.ts';
import { doByPalette, goToAddress, whenReady } from '../pages/catalogWindow.ts';
import { folder, removeFolders } from './workshop.ts';

const aSecond = 1000;

const open: Vitrine[] = [];
test.afterEach(async () => {
  for (const each of open.splice(0)) await each.close({ keepData: true });
  removeFolders();
});

/** Notes in the page itself when these words are first shown, so that what the test takes to ask does not count. */
async function watchFor(window: Page, name: string, words: string): Promise<void> {
  await window.evaluate(
    ([key, text]) => {
      const seen = ((globalThis as { vitrineSeen?: Record<string, number> }).vitrineSeen ??= {});
      if (document.body.innerText.includes(text)) throw new Error(`“${text}” is shown already.`);
      const observer = new MutationObserver(() => {
        if (!document.body.innerText.includes(text)) return;
        seen[key] = Date.now();
        observer.disconnect();
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    },
    [name, words] as const,
  );
}

const seenAt = (window: Page, name: string): Promise<number | undefined> => window.evaluate((key) => (globalThis as { vitrineSeen?: Record<string, number> }).vitrineSeen?.[key], name);

test('the quickstart of the real client appears in the open window as it happens', async () => {
  test.setTimeout(900_000);
  const missing = process.env['VITRINE_NO_CLIENTS'];
  test.skip(missing !== undefined && process.env['CI'] !== 'true', `no wandb client: ${missing}`);
  expect(missing, 'the wandb client is needed here').toBeUndefined();

  // What else the machine does at the moment is no part of it: where something took longer, all of it is done once more, and each call's best counts.
  let best: Readonly<Record<string, number>> = {};
  for (let time = 0; time < 3 && (time === 0 || Object.values(best).some((delay) => delay >= aSecond)); time++) {
    const delays = await watchQuickstart();
    test.info().annotations.push({ type: 'milliseconds from return to sight', description: JSON.stringify(delays) });
    process.stdout.write(`milliseconds from a call’s return to its sight: ${JSON.stringify(delays)}\n`);
    best = Object.fromEntries(Object.entries(delays).map(([call, delay]) => [call, Math.min(delay, best[call] ?? Infinity)]));
  }
  expect(Object.keys(best)).toEqual(['init', 'log_artifact', 'link_artifact', 'use_artifact', 'finish']);
  for (const [call, milliseconds] of Object.entries(best)) expect(milliseconds, `${call} (${JSON.stringify(best)})`).toBeLessThan(aSecond);
});

/** A window on an empty catalog, and the quickstart beside it: how long after each call's return its sight came, in milliseconds. */
async function watchQuickstart(): Promise<Readonly<Record<string, number>>> {
  const data = folder();
  const gates = join(folder(), 'gates');
  mkdirSync(gates);
  const vitrine = await launchVitrine({ dataDirectory: data });
  open.push(vitrine);
  const { window } = vitrine;
  await whenReady(window);
  // Counts reloads: there may be none.
  await window.evaluate(() => ((globalThis as { vitrineSame?: boolean }).vitrineSame = true));

  const { url, key } = await test.step('“Connect a script” opens the door and shows address and key', async () => {
    await doByPalette(window, 'Connect a script', /Connect a script/u);
    const dialog = window.getByRole('dialog', { name: 'Connect a script' });
    await dialog.getByRole('button', { name: /make a key/iu }).click();
    const code = dialog.getByRole('group', { name: 'Code' });
    await expect(code).toContainText('WANDB_API_KEY');
    const snippet = await code.innerText();
    const said = (name: string): string => new RegExp(`${name}='([^']+)'`, 'u').exec(snippet)?.[1] ?? '';
    await expect(dialog.getByRole('status')).toContainText('Waiting for the first run');
    return { url: said('WANDB_BASE_URL'), key: said('WANDB_API_KEY') };
  });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);

  const team = await test.step('the script says where it is', async () => {
    const answer = await fetch(`${url}/api/operations/catalog.status`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: '{}' });
    return ((await answer.json()) as { readonly output: { readonly team: { readonly name: string } } }).output.team.name;
  });
  const program: RunningClient = startProgram('windowQuickstart.py', { client: 'newest', home: join(gates, '..', 'home'), url, apiKey: key, environment: { VITRINE_PARAMETERS: JSON.stringify({ team, gates }) } });
  const delays: Record<string, number> = {};

  /** Lets the script make one call, and measures from its return to the sight of these words. */
  async function letDo(call: string, words: string, shown: Locator): Promise<Readonly<Record<string, unknown>>> {
    await watchFor(window, call, words);
    writeFileSync(join(gates, call), '');
    const facts = await program.told(call);
    await expect(shown).toBeVisible();
    await expect.poll(() => seenAt(window, call)).toBeDefined();
    delays[call] = ((await seenAt(window, call)) ?? Number.NaN) - Number(facts['at']);
    return facts;
  }

  const main = window.getByRole('main');
  const begun = await test.step('the run', async () => {
    const dialog = window.getByRole('dialog', { name: 'Connect a script' });
    const facts = await letDo('init', 'The first run is here', dialog.getByText('The first run is here'));
    await dialog.getByRole('button', { name: 'Open the run' }).click();
    await expect(main.getByRole('heading', { level: 1 })).toContainText(String(facts['title']));
    return facts;
  });

  await test.step('the version', async () => {
    await window.getByRole('tab', { name: /Inputs and outputs/u }).click();
    await letDo('log_artifact', 'gemma-finetuned', main.getByText('gemma-finetuned').first());
  });

  await test.step('the link', async () => {
    await goToAddress(window, 'vitrine://registry/Models');
    await letDo('link_artifact', 'registry-quickstart-collection', main.getByText('registry-quickstart-collection').first());
  });

  await test.step('the lineage', async () => {
    await goToAddress(window, `vitrine://project/${team}/registry_quickstart/artifact/gemma-finetuned/v0?tab=lineage`);
    await expect(main.getByText(String(begun['title'])).first()).toBeVisible();
    await expect(main.getByText('1 version, 1 run')).toBeVisible();
    await letDo('use_artifact', '1 version, 2 runs', main.getByText('1 version, 2 runs'));
  });

  await test.step('the metric and the end', async () => {
    await goToAddress(window, `vitrine://project/${team}/registry_quickstart/run/${String(begun['run'])}?tab=summary`);
    await letDo('finish', '0.93', main.getByText('0.93').first());
  });

  expect((await program.ended).code).toBe(0);
  expect(await window.evaluate(() => (globalThis as { vitrineSame?: boolean }).vitrineSame)).toBe(true);
  expect(vitrine.pageErrors).toEqual([]);
  return delays;
}
