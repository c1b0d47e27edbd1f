/** The lineage in the window: what a graph shows, what is asked of it, what is drawn into it by hand, and how it leaves and comes in. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCore } from '../drivers/core.ts';
import type { Vitrine } from '../drivers/electron.ts';
import { dragWithMouse, goToAddress, heading, pressOn, rowOf, sidebarItem, table, toast, unfold } from '../pages/catalogWindow.ts';
import { answer, card, chooseOption, find, graph, hideSide, lineageOf, pick, showAll, toolbar } from '../pages/lineageGraph.ts';
import { problemsOf, whenSettled } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { lineageWorkshop } from './lineageWorkshop.ts';
import { applicationRoot, folder } from './workshop.ts';

const pictures = join(import.meta.dirname, '..', 'output', 'screenshots');

test('a graph is filtered, gathered, pinned, hidden and walked further', async ({ launch }) => {
  test.slow();
  const { data, team } = await lineageWorkshop();
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, lineageOf(team, 'reviews', 'reviews', 0));
  await hideSide(window);

  await test.step('a deleted version keeps its place', async () => {
    await find(window, 'draft');
    await expect(card(window, 'draft')).toContainText('Deleted');
  });

  await test.step('a filter keeps what matches and what leads to it', async () => {
    await toolbar(window).getByRole('button', { name: 'Filter' }).click();
    await window.getByRole('combobox', { name: 'Types' }).fill('mod');
    await window.getByRole('option', { name: 'model' }).click();
    await window.keyboard.press('Escape');
    await window.keyboard.press('Escape');
    await expect(card(window, /trial-/u)).toHaveCount(0);
    await showAll(window);
    await expect(card(window, 'train-1')).toBeVisible();
    await expect(toolbar(window).getByRole('button', { name: 'Filter, 1 set' })).toBeVisible();
    await toolbar(window).getByRole('button', { name: 'Filter, 1 set' }).click();
    await window.getByRole('button', { name: 'Clear', exact: true }).click();
    await window.keyboard.press('Escape');
    await showAll(window);
    await expect(card(window, 'trial-1')).toHaveCount(1);
  });

  await test.step('runs of one group become one, are counted, and are found inside', async () => {
    await chooseOption(window, 'Gather nodes', 'By run group');
    await find(window, 'learning-rate');
    await expect(card(window, 'learning-rate')).toContainText('6 runs');
    await expect(card(window, /trial-/u)).toHaveCount(0);
    await find(window, 'trial-4');
    await expect(card(window, 'trial-4')).toBeInViewport();
    await expect(card(window, 'learning-rate')).toHaveCount(0);
    await card(window, 'trial-4').click({ button: 'right' });
    await window.getByRole('menuitem', { name: 'Gather its group again' }).click();
    await expect(card(window, 'learning-rate')).toBeVisible();
    await chooseOption(window, 'Gather nodes', 'Ungathered');
  });

  await test.step('a key hides a node, and what was hidden comes back', async () => {
    await find(window, 'train-1');
    await graph(window).focus();
    await window.keyboard.press('h');
    await expect(card(window, 'train-1')).toHaveCount(0);
    await showAll(window);
    // What only it led to went along: sentiment v0, the draft, and what was built on it.
    await expect(card(window, 'service')).toHaveCount(0);
    const notice = window.getByText(/nodes hidden/u);
    await expect(notice).toBeVisible();
    await notice.getByRole('button', { name: 'Show' }).click();
    await expect(card(window, 'train-1')).toHaveCount(1);
  });

  await test.step('a pinned node stays when fewer steps are shown, and the rest is a step away', async () => {
    await find(window, 'service');
    await graph(window).focus();
    await window.keyboard.press('p');
    await chooseOption(window, 'How many steps', '1 step');
    await expect(card(window, /^sentiment/u)).toHaveCount(0);
    await expect(card(window, 'service')).toHaveCount(1);
    await find(window, 'train-1');
    await card(window, 'train-1').getByRole('button', { name: /downstream/u }).click();
    await expect(card(window, 'sentiment')).not.toHaveCount(0);
  });

  await test.step('the tree has the same menu under the same key', async () => {
    await toolbar(window).getByRole('button', { name: 'Show as a tree' }).click();
    const tree = window.getByRole('tree', { name: 'Lineage as a tree' });
    await tree.getByRole('treeitem', { name: /^prepare-1/u }).first().click();
    await tree.getByRole('treeitem', { name: /^prepare-1/u }).first().click({ button: 'right' });
    for (const name of ['Open run', 'Pin', 'Hide', 'Ask', 'Add an edge by hand']) await expect(window.getByRole('menuitem', { name: new RegExp(`^${name}`, 'u') })).toBeVisible();
    await window.getByRole('menuitem', { name: /^Pin/u }).click();
    await expect(card(window, 'prepare-1').locator('[title^="Pinned"]')).toBeVisible();
    // By the keyboard alone: the row that is active has the menu of its node.
    await tree.focus();
    await window.keyboard.press('Shift+F10');
    await expect(window.getByRole('menuitem', { name: /^Unpin/u })).toBeVisible();
    await pressOn(window.getByRole('menuitem', { name: /^Unpin/u }));
    await expect(card(window, 'prepare-1').locator('[title^="Pinned"]')).toHaveCount(0);
  });
  expect(pageErrors).toEqual([]);
});

test('a collection and a selection have one graph each', async ({ launch }) => {
  const { data } = await lineageWorkshop();
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, 'vitrine://lineage/registry/Models/Sentiment');
  await hideSide(window);
  await showAll(window);
  await expect(card(window, /sentiment\s*v0/u)).toHaveCount(1);
  await expect(card(window, /sentiment\s*v1/u)).toHaveCount(1);
  await expect(card(window, 'train-2')).toHaveCount(1);
  await toolbar(window).getByRole('button', { name: 'Show as a tree' }).click();
  const roots = window.getByRole('tree', { name: 'Lineage as a tree' }).locator('[aria-level="1"]');
  await expect(roots).toHaveCount(2);
  // A run and a version, by their rows.
  await goToAddress(window, 'vitrine://lineage?nodes=v1.r1');
  await expect(heading(window)).toHaveText('Lineage of 2 nodes');
  await expect(card(window, 'raw-reviews')).toHaveCount(1);
  await expect(card(window, 'prepare-1')).toHaveCount(1);
  expect(pageErrors).toEqual([]);
});

test('more runs than are compared at once have one graph, chosen all together or by a range', async ({ launch }) => {
  const data = folder();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  let team = '';
  try {
    for (let index = 0; index < 60; index++) team = (await core.client.execute('runs.upsert', { project: { name: 'sweep' }, runId: `trial-${index}`, displayName: `trial-${index}` })).output.run.entity;
  } finally {
    await core.stop();
  }
  const { window, pageErrors } = await launch(data);
  const runs = table(window, 'Runs');
  const goToRuns = async (): Promise<void> => {
    await goToAddress(window, `vitrine://project/${encodeURIComponent(team)}/sweep`);
    await window.getByRole('tab', { name: /^Runs/u }).click();
    await rowOf(runs, 'trial-59').click();
    await expect(runs).toHaveAttribute('aria-rowcount', '61');
  };
  await test.step('all, by the keyboard', async () => {
    await goToRuns();
    await window.keyboard.press('ControlOrMeta+a');
    await window.keyboard.press('Shift+L');
    await expect(heading(window)).toHaveText('Lineage of 60 nodes');
  });
  await test.step('a range, by the menu of a row', async () => {
    await goToRuns();
    await window.keyboard.press('Shift+End');
    await window.keyboard.press('Shift+F10');
    await window.getByRole('menuitem', { name: 'Lineage of 60 runs' }).click();
    await expect(heading(window)).toHaveText('Lineage of 60 nodes');
  });
  expect(pageErrors).toEqual([]);
});

test('rows that are selected have one graph, by the button and by the keyboard; so have pinned nodes', async ({ launch }) => {
  const { data, team } = await lineageWorkshop();
  const { window, pageErrors } = await launch(data);
  await test.step('two versions, by the button', async () => {
    await goToAddress(window, `vitrine://project/${encodeURIComponent(team)}/sentiment/artifact/sentiment`);
    const versions = table(window, 'Versions of sentiment');
    await rowOf(versions, 'v1').click();
    await rowOf(versions, 'v0').click({ modifiers: ['Shift'] });
    await window.getByRole('button', { name: 'Lineage', exact: true }).click();
    await expect(heading(window)).toHaveText('Lineage of 2 nodes');
    await hideSide(window);
    await showAll(window);
    await expect(card(window, /sentiment\s*v0/u)).toHaveCount(1);
    await expect(card(window, /sentiment\s*v1/u)).toHaveCount(1);
  });
  await test.step('the same by the keyboard, from a collection', async () => {
    await goToAddress(window, 'vitrine://registry/Models/Sentiment');
    const links = table(window, 'Versions of Sentiment');
    await rowOf(links, 'v1').click();
    await window.keyboard.press('Shift+ArrowDown');
    await window.keyboard.press('Shift+L');
    await expect(heading(window)).toHaveText('Lineage of 2 nodes');
  });
  await test.step('a pinned node and another', async () => {
    await find(window, 'train-1');
    await graph(window).focus();
    await window.keyboard.press('p');
    await find(window, 'service');
    await graph(window).focus();
    await window.keyboard.press('Shift+F10');
    await window.getByRole('menuitem', { name: 'Show the lineage of it and the pinned one' }).click();
    await expect(heading(window)).toHaveText('Lineage of 2 nodes');
    for (const begun of ['train-1', 'service']) {
      await find(window, begun);
      await expect(window.locator('.react-flow__node [data-root]').filter({ hasText: begun })).toHaveCount(1);
    }
  });
  expect(pageErrors).toEqual([]);
});

test('edges say where they come from; a hand draws one with a reason and takes it away', async ({ launch }) => {
  test.slow();
  const { data, team } = await lineageWorkshop();
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, lineageOf(team, 'sentiment', 'sentiment', 0));
  const details = window.getByRole('complementary', { name: 'Details' });
  // What the graph was opened on, until something is selected.
  await expect(details).toContainText('Sentiment v0');
  await chooseOption(window, 'How many steps', '10 steps');
  await find(window, 'prepare-1');
  await expect(details.getByRole('region', { name: 'Came from' })).toContainText('raw-reviews');
  await details.getByRole('region', { name: 'Came from' }).getByRole('button', { name: /^raw-reviews v0/u }).click();
  // What another system told can't be taken away: there is no button for it.
  await expect(details.getByRole('region', { name: 'Came from' })).toContainText('logged, from a sync or import');
  await expect(details.getByRole('region', { name: 'Came from' }).getByRole('button', { name: /^Remove the edge/u })).toHaveCount(0);
  await find(window, 'train-1');
  const cameFrom = details.getByRole('region', { name: 'Came from' });
  await expect(cameFrom).toContainText('reviews');
  await expect(cameFrom).toContainText('used, by hand');

  await cameFrom.getByRole('button', { name: /add an edge by hand/u }).click();
  const dialog = window.getByRole('dialog', { name: 'Add an edge by hand' });
  await pick(window, dialog, 'What came first', 'raw', /raw-reviews v0/u);
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Its labels were read directly.');
  await dialog.getByRole('button', { name: 'Add edge' }).click();
  await expect(dialog).toBeHidden();
  await expect(cameFrom).toContainText('by hand of');
  await expect(cameFrom).toContainText('Its labels were read directly.');
  await expect(window.getByRole('region', { name: 'Legend' })).toContainText('added by hand');

  await test.step('two runs can’t be joined, and the form says why', async () => {
    await cameFrom.getByRole('button', { name: /add an edge by hand/u }).click();
    await pick(window, dialog, 'What came first', 'prepare-1', /prepare-1/u);
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('It came before.');
    await dialog.getByRole('button', { name: 'Add edge' }).click();
    await expect(dialog.getByRole('alert')).toContainText(/run/u);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  await cameFrom.getByRole('button', { name: 'Remove the edge from raw-reviews' }).click();
  await expect(cameFrom).not.toContainText('Its labels');
  await toast(window, /Take away the edge/u).getByRole('button', { name: 'Undo' }).click();
  await expect(cameFrom).toContainText('Its labels were read directly.');
  expect(pageErrors).toEqual([]);
});

/** The system's dialog can't be driven: each question where to save is answered with a file of this folder. */
async function saveInto(vitrine: Vitrine, into: string): Promise<void> {
  await vitrine.app.evaluate(({ dialog }, target) => {
    dialog.showSaveDialog = (async (...args: unknown[]) => ({ canceled: false, filePath: `${target}/${(args.at(-1) as { defaultPath: string }).defaultPath}` })) as typeof dialog.showSaveDialog;
  }, into);
}

test('questions are answered beside the graph', async ({ launch }) => {
  test.slow();
  const { data, team } = await lineageWorkshop();
  const vitrine = await launch(data);
  const { window, pageErrors } = vitrine;
  await goToAddress(window, lineageOf(team, 'reviews', 'reviews', 0));
  await toolbar(window).getByRole('button', { name: 'Ask a question' }).click();
  const side = window.getByRole('complementary', { name: 'Questions' });

  await test.step('what hangs on it', async () => {
    await expect(answer(window)).toContainText('3 versions and 8 runs');
    await expect(answer(window).getByRole('region', { name: 'Carries production' })).toContainText('Models/Service v0');
    await expect(answer(window).getByRole('region', { name: 'By project' })).toContainText('sentiment');
    const tree = answer(window).getByRole('tree', { name: 'What hangs on it' });
    await expect(tree.getByRole('treeitem', { name: /^build-1 3 steps away/u })).toBeVisible();
    await answer(window).getByRole('button', { name: 'Light it in the graph' }).click();
    await expect(card(window, 'train-1').locator('[data-emphasis="lit"]')).toHaveCount(1);
    const into = folder();
    await saveInto(vitrine, into);
    await answer(window).getByRole('button', { name: 'Export…' }).click();
    await expect(toast(window, 'Exported 11 nodes')).toContainText(into);
    const path = join(into, `impact-of-${team}-reviews-reviews-v0.csv`);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\r\n');
    expect(lines).toHaveLength(12);
    expect(lines.some((line) => line.includes('service') && line.includes('production'))).toBe(true);
  });

  await test.step('what it was made from', async () => {
    await chooseOption(window, 'Question', 'What was it made from?');
    await expect(answer(window)).toContainText('2 versions and 2 runs');
    await expect(answer(window).getByRole('tree')).toContainText('raw-reviews');
  });

  await test.step('the way between two is lit, and brought in where the graph lacked it', async () => {
    await chooseOption(window, 'How many steps', '1 step');
    await chooseOption(window, 'Question', 'How does one lead to the other?');
    await pick(window, side, 'To', 'service', /service v0/u);
    await expect(answer(window)).toContainText('4 steps downstream, 1 way in all');
    await expect(card(window, 'service').locator('[data-emphasis="lit"]')).toHaveCount(1);
    await side.getByRole('button', { name: 'Swap the two' }).click();
    await expect(answer(window)).toContainText('4 steps upstream');
  });

  await test.step('what is out of date, and why', async () => {
    await chooseOption(window, 'Question', 'Is it out of date?');
    await expect(answer(window)).toContainText('was built from');
    await expect(answer(window)).toContainText('production of Models/Sentiment has moved to v1.');
    await window.getByRole('radio', { name: 'Everything in use' }).click();
    await expect(answer(window)).toContainText('service');
  });

  await test.step('what two come from, and how their origins differ', async () => {
    await chooseOption(window, 'Question', 'What do both come from?');
    await pick(window, side, 'First', 'sentiment v0', /sentiment v0/u);
    await pick(window, side, 'Second', 'sentiment v1', /sentiment v1/u);
    await expect(answer(window)).toContainText('3 nodes in common');
    await expect(answer(window).getByRole('region', { name: 'Where their ways part' })).toContainText('raw-reviews');
    await chooseOption(window, 'Question', 'How do their origins differ?');
    await expect(answer(window).getByRole('table')).toContainText('reviews/reviews');
    await answer(window).getByRole('button', { name: 'Side by side' }).click();
    const wide = window.getByRole('dialog', { name: 'Origins side by side' });
    await expect(wide.getByRole('columnheader', { name: 'sentiment v0' })).toBeVisible();
    await expect(wide.getByRole('columnheader', { name: 'sentiment v1' })).toBeVisible();
    await window.keyboard.press('Escape');
  });
  expect(pageErrors).toEqual([]);
});

test('a graph is exported as it is shown, and events of others are imported', async ({ launch }) => {
  test.slow();
  const { data, team } = await lineageWorkshop();
  const vitrine = await launch(data);
  const { window, pageErrors } = vitrine;
  await goToAddress(window, lineageOf(team, 'sentiment', 'sentiment', 0));
  await hideSide(window);
  await showAll(window);
  await expect(card(window, 'service')).toHaveCount(1);
  const into = folder();
  await saveInto(vitrine, into);
  const exported = async (item: RegExp): Promise<Buffer> => {
    await toolbar(window).getByRole('button', { name: 'Export' }).click();
    await window.getByRole('menuitem', { name: item }).click();
    const done = toast(window, /^Exported/u);
    await expect(done).toContainText(into);
    const path = /(\/\S+)/u.exec(await done.innerText())?.[1] ?? '';
    await done.getByRole('button', { name: /Dismiss|Close/u }).click();
    await expect(toast(window, /^Exported/u)).toHaveCount(0);
    return readFileSync(path);
  };

  await test.step('hidden nodes are in no file', async () => {
    await find(window, 'service');
    await graph(window).focus();
    await window.keyboard.press('h');
    await expect(card(window, 'service')).toHaveCount(0);
  });
  await test.step('SVG', async () => {
    const svg = (await exported(/SVG/u)).toString();
    const read = await window.evaluate((text) => {
      const made = new DOMParser().parseFromString(text, 'image/svg+xml');
      return { error: made.querySelector('parsererror')?.textContent ?? null, names: [...made.querySelectorAll('text')].map((one) => one.textContent), ways: made.querySelectorAll('path').length };
    }, svg);
    expect(read.error).toBeNull();
    expect(read.names).toContain('sentiment');
    expect(read.names).toContain('train-1');
    expect(read.names).not.toContain('service');
    expect(read.ways).toBeGreaterThan(3);
    expect(svg).not.toMatch(/oklch|var\(|<script|href/u);
  });
  await test.step('PNG', async () => {
    const png = await exported(/PNG/u);
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect(png.readUInt32BE(16)).toBeGreaterThan(600);
  });
  await test.step('texts', async () => {
    const events = JSON.parse((await exported(/^OpenLineage/u)).toString()) as readonly { readonly job: { readonly name: string } }[];
    expect(events.some((event) => event.job.name === 'train')).toBe(true);
    expect((await exported(/CSV/u)).toString()).toMatch(/^from,from_kind/u);
    expect((await exported(/DOT/u)).toString()).toMatch(/^digraph lineage/u);
    expect((await exported(/Tree as text/u)).toString()).toMatch(/sentiment:v0/u);
  });

  await test.step('events come in from a file', async () => {
    await toolbar(window).getByRole('button', { name: 'Export' }).click();
    await window.getByRole('menuitem', { name: /Import OpenLineage/u }).click();
    const dialog = window.getByRole('dialog', { name: 'Import OpenLineage events' });
    const event = {
      eventType: 'COMPLETE', eventTime: '2026-05-03T12:00:00Z', producer: 'https://example.org/etl', schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent',
      run: { runId: '0176a8c2-fe01-7439-87e6-56a1a1b40300' }, job: { namespace: 'warehouse', name: 'daily' }, inputs: [{ namespace: 'postgres://db', name: 'invoices' }], outputs: [{ namespace: 'postgres://db', name: 'orders_daily' }],
    };
    await window.getByLabel('File with OpenLineage events').setInputFiles({ name: 'events.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify([event])) });
    await expect(dialog).toContainText('events.json');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await expect(toast(window, 'Imported 1 event')).toContainText('1 new run, 2 new versions, 2 new edges.');
    await goToAddress(window, 'vitrine://lineage');
    await expect(window.getByRole('main')).toContainText('orders_daily');
  });

  await test.step('what is no event is refused in the form, and nothing is lost from it', async () => {
    await window.getByRole('button', { name: 'Import OpenLineage…' }).click();
    const dialog = window.getByRole('dialog', { name: 'Import OpenLineage events' });
    await dialog.getByRole('textbox', { name: 'Events' }).fill('{"eventType":"COMPLETE","run":{"runId":"no uuid"},"job":{"namespace":"a","name":"b"}}');
    await dialog.getByRole('button', { name: 'Import' }).click();
    await expect(dialog.getByRole('alert')).toContainText('run.runId');
    await expect(dialog.getByRole('textbox', { name: 'Events' })).toHaveValue(/no uuid/u);
  });
  expect(pageErrors).toEqual([]);
});

test('a node dragged onto a registry is linked', async ({ launch }) => {
  const { data, team } = await lineageWorkshop();
  const { window, pageErrors } = await launch(data);
  await goToAddress(window, lineageOf(team, 'serving', 'service', 0));
  await unfold(window, 'Models');
  await hideSide(window);
  await showAll(window);
  await expect(card(window, /sentiment\s*v0/u)).toBeVisible();
  await dragWithMouse(window, card(window, /sentiment\s*v0/u), sidebarItem(window, 'Spare'));
  await window.mouse.up();
  await window.getByRole('dialog').getByRole('button', { name: /^Link/u }).click();
  await expect(toast(window, /to Models \/ Spare as v0/u)).toBeVisible();
  await goToAddress(window, 'vitrine://registry/Models/Spare');
  await expect(window.getByRole('main')).toContainText('v0');
  expect(pageErrors).toEqual([]);
});

for (const theme of ['light', 'dark', 'contrast'] as const) {
  test(`the lineage and its sides in the ${theme} theme`, async ({ launch }) => {
    test.setTimeout(600_000);
    const { data, team } = await lineageWorkshop();
    const { window, pageErrors } = await launch(data);
    await window.emulateMedia({ reducedMotion: 'reduce' });
    await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
    await expect(window.locator('html')).toHaveAttribute('data-theme', theme);
    mkdirSync(join(pictures, theme), { recursive: true });
    const keep = async (name: string): Promise<void> => {
      await whenSettled(window);
      await window.screenshot({ path: join(pictures, theme, `lineage-${name}.png`) });
      expect.soft(await problemsOf(window, theme), `${name}, ${theme}`).toEqual([]);
    };
    await goToAddress(window, lineageOf(team, 'sentiment', 'sentiment', 0));
    await hideSide(window);
    await showAll(window);
    await expect(card(window, 'service')).toHaveCount(1);
    await keep('graph');
    await toolbar(window).getByRole('button', { name: 'Filter' }).click();
    await keep('filter');
    await window.keyboard.press('Escape');
    await toolbar(window).getByRole('button', { name: 'Show details' }).click();
    await card(window, /sentiment\s*v0/u).click();
    await keep('details');
    await window.getByRole('region', { name: 'Went into' }).getByRole('button', { name: /add an edge by hand/u }).click();
    await keep('edge');
    await window.keyboard.press('Escape');
    await toolbar(window).getByRole('button', { name: 'Show as a tree' }).click();
    await keep('tree');
    await toolbar(window).getByRole('button', { name: 'Ask a question' }).click();
    await expect(answer(window)).toContainText('1 version');
    await keep('impact');
    const side = window.getByRole('complementary', { name: 'Questions' });
    await chooseOption(window, 'Question', 'How does one lead to the other?');
    await pick(window, side, 'From', 'raw', /raw-reviews v0/u);
    await pick(window, side, 'To', 'service', /service v0/u);
    await expect(answer(window)).toContainText('downstream');
    await keep('path');
    await chooseOption(window, 'Question', 'Is it out of date?');
    await window.getByRole('radio', { name: 'Everything in use' }).click();
    await expect(answer(window)).toContainText('service');
    await keep('stale');
    await chooseOption(window, 'Question', 'How do their origins differ?');
    await pick(window, side, 'First', 'sentiment v0', /sentiment v0/u);
    await pick(window, side, 'Second', 'sentiment v1', /sentiment v1/u);
    await expect(answer(window).getByRole('table')).toBeVisible();
    await keep('compare');
    await chooseOption(window, 'Question', 'What do both come from?');
    await expect(answer(window)).toContainText('in common');
    await keep('common');
    await toolbar(window).getByRole('button', { name: 'Ask a question' }).click();
    await window.getByRole('radio', { name: 'Top down' }).click();
    await chooseOption(window, 'Gather nodes', 'By project');
    await keep('gathered');
    await toolbar(window).getByRole('button', { name: 'Export' }).click();
    await whenSettled(window);
    await window.screenshot({ path: join(pictures, theme, 'lineage-export.png') });
    await window.getByRole('menuitem', { name: /Import OpenLineage/u }).click();
    await keep('import');
    expect(pageErrors).toEqual([]);
  });
}
