/** A run is watched while it goes: from “Connect a script” to its charts, its console, and beside another run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { doByPalette, goToAddress, heading, pressOn, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { atBothWidths } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { serveVitrine, stopServing, vitrine, vitrineJson } from '../cli/commandLine.ts';
import { connect, curve, historyLines, script, type Script } from './liveRun.ts';
import { folder, modelFolder } from './workshop.ts';

const chart = (window: Page, metric: string) => window.getByRole('region', { name: metric, exact: true });
/** Steps 498 and 499 may stand as one point. */
const theEnd = /^49[89](?:\.5)?$/u;
const slider = (window: Page, metric: string) => window.getByRole('slider', { name: `${metric}, chart` });

/**
 * Begins to watch for what a selector finds; the function in return waits for it and tells when it was painted, in milliseconds since 1970. The
 * page notes the time by itself: what the test takes to ask does not count.
 */
async function whenPainted(window: Page, selector: string): Promise<() => Promise<number>> {
  await window.evaluate((wanted) => {
    if (document.querySelector(wanted) !== null) throw new Error(`${wanted} is there already.`);
    const seen = new Promise<number>((resolve) => {
      const observer = new MutationObserver(() => {
        if (document.querySelector(wanted) === null) return;
        observer.disconnect();
        // What is changed now is on the screen once a frame was drawn after this one began.
        requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
      });
      observer.observe(document.body, { subtree: true, childList: true, attributes: true });
    });
    Reflect.set(globalThis, 'seenPainted', seen);
  }, selector);
  return () => window.evaluate(() => Reflect.get(globalThis, 'seenPainted') as Promise<number>);
}

async function beginRun(script: Script, runId: string, lr: number) {
  return (await script.call('runs.upsert', { project: { name: 'lab' }, runId, displayName: runId, configText: JSON.stringify({ lr: { value: lr }, optimizer: { value: 'adam' }, model: { value: { layers: 12, width: 768 } } }), jobType: 'train', tags: ['nightly'] })).run;
}

test('a script connects, and its run is watched as it goes', async ({ launch }) => {
  test.slow();
  const { window, app, pageErrors } = await launch(folder());
  await window.getByRole('button', { name: 'Connect a script…' }).click();
  const panel = window.getByRole('dialog', { name: 'Connect a script' });
  const script = await connect(window, 'training box');
  await expect(panel.getByRole('status')).toContainText('Waiting for the first run');

  const run = await beginRun(script, 'warm-sun-1', 0.001);
  await test.step('the panel turns green and leads to the run', async () => {
    await expect(panel.getByRole('status')).toContainText('The first run is here: warm-sun-1');
    await panel.getByRole('button', { name: 'Open the run' }).click();
    await expect(heading(window)).toHaveText('warm-sun-1');
    await expect(window.getByText('No metrics yet')).toBeVisible();
  });

  const values = (step: number) => ({ lr: 0.001 * 0.99 ** step, 'train/loss': curve(step).loss, 'train/accuracy': curve(step).accuracy, 'val/loss': curve(step, 3).loss + 0.1 });
  await test.step('each metric becomes a chart, within a second of being logged, with no reload', async () => {
    // What else the machine does at the moment is no part of it: where it took longer, the next hundred lines are waited for as well.
    const delays: number[] = [];
    while (delays.length < 4 && (delays.at(-1) ?? Infinity) >= 1000) {
      const first = delays.length * 100;
      // The last two steps may stand as one point.
      const painted = await whenPainted(window, `[role="slider"][aria-label="train/loss, chart"][aria-valuemax^="${(first + 90) / 10}"]`);
      await script.call('runs.append', { id: run.id, history: { offset: first, lines: historyLines(first, 100, values) } });
      const returned = Date.now();
      delays.push((await painted()) - returned);
    }
    test.info().annotations.push({ type: 'milliseconds from return to paint', description: String(delays) });
    expect(Math.min(...delays)).toBeLessThan(1000);
    for (const metric of ['lr', 'train/accuracy', 'val/loss']) await expect(chart(window, metric)).toBeVisible();
    const told = delays.length * 100;
    await script.call('runs.append', { id: run.id, history: { offset: told, lines: historyLines(told, 500 - told, values) } });
    await expect(slider(window, 'train/loss')).toHaveAttribute('aria-valuemax', theEnd);
  });

  await test.step('keys read a chart, zoom and enlarge it; its table holds the same', async () => {
    const loss = slider(window, 'train/loss');
    await loss.focus();
    await window.keyboard.press('Home');
    await expect(loss).toHaveAttribute('aria-valuetext', /^step 0: /u);
    await window.keyboard.press('ArrowRight');
    await expect(loss).not.toHaveAttribute('aria-valuetext', /^step 0: /u);
    await window.keyboard.press('+');
    await expect(window.getByRole('button', { name: 'Show all' })).toBeVisible();
    await expect(slider(window, 'val/loss')).toHaveAttribute('aria-valuemax', /^2[45]\d/u);
    await window.keyboard.press('Escape');
    await expect(loss).toHaveAttribute('aria-valuemax', theEnd);
    await loss.focus();
    await window.keyboard.press('Enter');
    const large = window.getByRole('dialog', { name: 'train/loss' });
    await large.getByText('Table', { exact: true }).click();
    await expect(table(window, 'Values of train/loss')).toBeVisible();
    await window.keyboard.press('Escape');
    await expect(large).toHaveCount(0);
  });

  await test.step('a drag zooms all charts, a double click shows all', async () => {
    const dragged = slider(window, 'train/loss');
    await dragged.scrollIntoViewIfNeeded();
    const size = await dragged.boundingBox();
    if (size === null) throw new Error('The chart is not shown.');
    // It comes to rest where the hand is to press, with nothing over it.
    await dragged.hover({ position: { x: size.width * 0.4, y: size.height / 2 } });
    const box = await dragged.boundingBox();
    if (box === null) throw new Error('The chart is not shown.');
    await window.mouse.down();
    await window.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2, { steps: 6 });
    await window.mouse.up();
    await expect(slider(window, 'val/loss')).not.toHaveAttribute('aria-valuemax', theEnd);
    await slider(window, 'val/loss').dblclick();
    await expect(slider(window, 'train/loss')).toHaveAttribute('aria-valuemax', theEnd);
  });

  await test.step('what it prints is followed, coloured and found', async () => {
    const lines = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => `2026-11-22T20:27:${String((from + index) % 60).padStart(2, '0')}.123456 epoch ${from + index} \u001b[32mok\u001b[0m`);
    await script.call('runs.append', { id: run.id, output: { offset: 0, lines: lines(0, 2000) } });
    await window.getByRole('tab', { name: 'Console' }).click();
    const output = window.getByRole('region', { name: 'Console output' });
    await expect(output).toContainText('epoch 1999 ok');
    await script.call('runs.append', { id: run.id, output: { offset: 2000, lines: [...lines(2000, 49), 'ERROR 2026-11-22T20:28:00 \u001b[31mTraceback\u001b[0m \u001b]0;evil\u0007 <b>no markup</b>'] } });
    await expect(output).toContainText('Traceback  <b>no markup</b>');
    await window.getByRole('textbox', { name: 'Search the console' }).fill('epoch 1234');
    await expect(window.getByRole('group', { name: 'Console' }).getByRole('status')).toHaveText('1 hit');
    await window.keyboard.press('Enter');
    await expect(output.getByText('epoch 1234').first()).toBeVisible();
  });

  await test.step('it is renamed where its name stands, told to stop, and ends', async () => {
    await window.getByRole('button', { name: 'Rename the run' }).click();
    await window.getByRole('textbox', { name: 'Name of the run' }).fill('baseline, long');
    await pressOn(window.getByRole('textbox', { name: 'Name of the run' }));
    await expect(heading(window)).toHaveText('baseline, long');
    await window.getByRole('button', { name: 'More', exact: true }).click();
    await window.getByRole('menuitem', { name: 'Group and job type…' }).click();
    const form = window.getByRole('dialog', { name: 'Group and job type' });
    await form.getByRole('textbox', { name: 'Group' }).fill('warm-ups');
    await form.getByRole('textbox', { name: 'Job type' }).fill('');
    await pressOn(form.getByRole('textbox', { name: 'Job type' }));
    await expect(form).toHaveCount(0);
    await expect(window.getByRole('main')).toContainText('group warm-ups');
    await window.getByRole('button', { name: 'Stop…' }).click();
    await window.getByRole('alertdialog').getByRole('button', { name: 'Ask it to stop' }).click();
    await expect(window.getByRole('button', { name: 'Stopping' })).toBeVisible();
    expect(await script.call('runs.append', { id: run.id, summaryText: '{"train/loss": 0.12}' })).toMatchObject({ stopRequested: true });
    await script.call('runs.append', { id: run.id, complete: true, exitCode: 3 });
    await expect(window.getByRole('main')).toContainText('failed with exit code 3');
    await window.getByRole('tab', { name: /^Config/u }).click();
    await expect(window.getByRole('tree', { name: 'Config' })).toContainText('optimizer');
  });

  await test.step('in a narrow window a long name leaves its acts and the way up in reach', async () => {
    await script.call('runs.upsert', { id: run.id, displayName: 'a longer warm-up with the smaller batch, after the fourth failure of the first attempt' });
    await expect(heading(window)).toContainText('after the fourth failure');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(760, 700));
    await expect(window.getByRole('button', { name: 'More', exact: true })).toBeInViewport({ ratio: 1 });
    await window.getByRole('button', { name: 'The way up' }).click();
    await window.getByRole('menuitem', { name: /\/lab$/u }).click();
    await expect(heading(window)).toHaveText('lab');
  });
  expect(pageErrors).toEqual([]);
});

test('files that a script saves are listed, looked into and written into a folder', async ({ launch }) => {
  const { window, app, pageErrors } = await launch(folder());
  await window.getByRole('button', { name: 'Connect a script…' }).click();
  const script = await connect(window, 'training box');
  const run = await beginRun(script, 'warm-sun-1', 0.001);
  await window.keyboard.press('Escape');
  await goToAddress(window, `vitrine://project/${encodeURIComponent(run.entity)}/lab/run/warm-sun-1?tab=files`);
  await expect(window.getByText('No files')).toBeVisible();

  const files = table(window, 'Files of warm-sun-1');
  const long = Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join('\n');
  await test.step('they come into the list as they are saved', async () => {
    await script.save(run, 'notes.md', '# What was tried\n\nA longer warm-up.\n');
    await expect(rowOf(files, 'notes.md')).toBeVisible();
    await script.save(run, 'media/table.csv', 'epoch,loss\n1,0.5\n2,0.25\n');
    await script.save(run, 'logs/long.txt', long);
    await expect(rowOf(files, 'media/table.csv')).toBeVisible();
    await expect(window.getByRole('tab', { name: /^Files/u })).toContainText('3');
    await script.save(run, 'notes.md', '# What was tried\n\nA shorter warm-up.\n');
  });

  await test.step('one is looked into, by pointer and by keys', async () => {
    await rowOf(files, 'notes.md').click();
    const preview = window.getByRole('complementary', { name: 'Preview of notes.md' });
    await expect(preview.getByRole('heading', { name: 'What was tried' })).toBeVisible();
    await expect(preview).toContainText('A shorter warm-up.');
    await window.keyboard.press('Home');
    await expect(window.getByRole('complementary', { name: /long\.txt$/u })).toContainText('The first 64');
    await window.getByRole('button', { name: 'Show 204 KiB' }).click();
    await expect(window.getByRole('complementary', { name: /long\.txt$/u })).toContainText('15,000 more lines');
    await rowOf(files, 'media/table.csv').click();
    await expect(rowOf(table(window, 'Table media/table.csv'), '0.25')).toBeVisible();
  });

  await test.step('one, and then all, are written into a folder', async () => {
    const chooses = (chosen: string) =>
      app.evaluate(({ dialog }, path) => {
        dialog.showOpenDialog = (() => Promise.resolve({ canceled: false, filePaths: [path] })) as typeof dialog.showOpenDialog;
      }, chosen);
    const [one, into] = [folder(), folder()];
    await chooses(one);
    await window.getByRole('complementary', { name: /^Preview of/u }).getByRole('button', { name: 'Export this file…' }).click();
    await expect(toast(window, 'Exported 1 file')).toBeVisible();
    expect(readFileSync(join(one, 'media', 'table.csv'), 'utf8')).toContain('2,0.25');
    await window.getByRole('button', { name: 'Export all…' }).click();
    await expect(toast(window, 'A file is in the way')).toContainText('Nothing was overwritten');
    expect(readdirSync(one)).toEqual(['media']);
    await chooses(into);
    await window.getByRole('button', { name: 'Export all…' }).click();
    await expect(toast(window, 'Exported 3 files')).toBeVisible();
    expect(readFileSync(join(into, 'media', 'table.csv'), 'utf8')).toBe('epoch,loss\n1,0.5\n2,0.25\n');
    expect(readFileSync(join(into, 'logs', 'long.txt'), 'utf8')).toBe(long);
    expect(readFileSync(join(into, 'notes.md'), 'utf8')).toContain('A shorter warm-up.');
  });
  expect(pageErrors).toEqual([]);
});

test('charts out of sight rest, and show what came meanwhile when they are scrolled back to', async ({ launch }) => {
  test.slow();
  const { window, pageErrors } = await launch(folder());
  await window.getByRole('button', { name: 'Connect a script…' }).click();
  const script = await connect(window, 'many metrics');
  const run = await beginRun(script, 'many-metrics', 0.001);
  const values = (step: number) => Object.fromEntries(Array.from({ length: 60 }, (_, metric) => [`metric ${metric}`, step + metric]));
  await script.call('runs.append', { id: run.id, history: { offset: 0, lines: historyLines(0, 50, values) } });
  await window.getByRole('dialog', { name: 'Connect a script' }).getByRole('button', { name: 'Open the run' }).click();
  await window.getByRole('tab', { name: 'Charts' }).click();
  const charts = window.getByRole('region', { name: 'Charts', exact: true });
  const [first, last] = [slider(window, 'metric 0'), slider(window, 'metric 59')];
  await expect(first).toHaveAttribute('aria-valuemax', '49');
  const scrollTo = (share: number): Promise<void> => charts.evaluate((element, to) => void (element.scrollTop = to * element.scrollHeight), share);
  // More than once: they go to sleep and wake, and what is far away goes.
  for (const steps of [100, 150, 200]) {
    await scrollTo(1);
    await expect(last).toHaveAttribute('aria-valuemax', String(steps - 51));
    await expect(first).toHaveCount(0);
    await script.call('runs.append', { id: run.id, history: { offset: steps - 50, lines: historyLines(steps - 50, 50, values) } });
    await expect(last).toHaveAttribute('aria-valuemax', String(steps - 1));
    await scrollTo(0);
    await expect(first).toHaveAttribute('aria-valuemax', String(steps - 1));
    await expect(last).toHaveCount(0);
  }
  expect(pageErrors).toEqual([]);
});

test('runs are listed with chosen values, sorted as numbers, and compared in the same charts', async ({ launch }) => {
  test.slow();
  const { app, window, pageErrors } = await launch(folder());
  await window.getByRole('button', { name: 'Connect a script…' }).click();
  const script = await connect(window, 'sweep');
  for (const [index, lr] of [0.1, 0.02, 0.3].entries()) {
    const run = await beginRun(script, `sweep-${index + 1}`, lr);
    await script.call('runs.append', {
      id: run.id,
      history: { offset: 0, lines: historyLines(0, 300, (step) => ({ loss: curve(step, index + 1).loss * (1 + index / 4) })) },
      system: { offset: 0, lines: historyLines(0, 30, (step) => ({ 'system.cpu': 40 + index * 10 + (step % 5), 'system.gpu.0.memory': 60 + step })) },
      summaryText: JSON.stringify({ loss: curve(299, index + 1).loss * (1 + index / 4) }),
    });
    await script.call('runs.append', { id: run.id, complete: true, exitCode: 0 });
  }
  await window.keyboard.press('Escape');
  const { entity } = (await script.call('projects.list', {})).items[0] ?? { entity: '' };
  await goToAddress(window, `vitrine://project/${encodeURIComponent(entity)}/lab`);
  await window.getByRole('tab', { name: /^Runs/u }).click();
  const runs = table(window, 'Runs');
  await test.step('values that were logged stand beside the runs; more are chosen', async () => {
    await expect(runs.getByRole('columnheader', { name: 'loss' })).toBeVisible();
    await window.getByRole('button', { name: 'Columns' }).click();
    await window.getByRole('combobox', { name: 'Columns' }).fill('config.optim');
    await expect(window.getByRole('option', { name: /optim/u }).first()).toHaveAttribute('data-highlighted', '');
    await window.keyboard.press('Enter');
    await window.keyboard.press('Escape');
    await expect(runs.getByRole('columnheader', { name: 'optimizer' })).toBeVisible();
    await expect(rowOf(runs, 'sweep-2')).toContainText('adam');
  });
  await test.step('0.02 comes before 0.1 before 0.3', async () => {
    const lr = runs.getByRole('columnheader', { name: 'lr' });
    await lr.click();
    await expect(lr).toHaveAttribute('aria-sort', /^(?:ascending|descending)$/u);
    if ((await lr.getAttribute('aria-sort')) === 'descending') await lr.click();
    await expect(lr).toHaveAttribute('aria-sort', 'ascending');
    await expect(runs.getByRole('row').nth(1)).toContainText('sweep-2');
    await expect(runs.getByRole('row').nth(2)).toContainText('sweep-1');
    await expect(runs.getByRole('row').nth(3)).toContainText('sweep-3');
  });
  await test.step('values change while a run goes on', async () => {
    const going = await beginRun(script, 'going', 0.7);
    for (const loss of [0.75, 0.5, 0.25]) {
      await script.call('runs.append', { id: going.id, summaryText: JSON.stringify({ loss }) });
      await expect(rowOf(runs, 'going')).toContainText(String(loss));
    }
    await script.call('runs.delete', { id: going.id });
    await expect(rowOf(runs, 'going')).toHaveCount(0);
  });
  await test.step('two are compared', async () => {
    await expect(window.getByRole('button', { name: 'Compare' })).toHaveAttribute('aria-disabled', 'true');
    await rowOf(runs, 'sweep-1').click();
    await rowOf(runs, 'sweep-3').click({ modifiers: ['ControlOrMeta'] });
    await window.getByRole('button', { name: 'Compare 2' }).click();
    await expect(heading(window)).toHaveText('2 runs compared');
    const loss = slider(window, 'loss');
    // Keys read what is drawn: both curves to their ends.
    await expect(loss).toHaveAttribute('aria-valuemax', /^29[89]/u);
    await loss.focus();
    await window.keyboard.press('End');
    await expect(loss).toHaveAttribute('aria-valuetext', /^step 299: sweep-\d [\d.]+, sweep-\d [\d.]+$/u);
    await window.getByRole('tab', { name: 'Config and summary' }).click();
    const values = table(window, 'Config and summary compared');
    await expect(rowOf(values, 'lr')).toContainText('0.3');
    await expect(rowOf(values, 'optimizer')).toHaveCount(0);
    await window.getByText('Equal ones, too').click();
    await expect(rowOf(values, 'optimizer')).toHaveCount(1);
  });
  await test.step('a run is deleted, after its loss was told', async () => {
    await goToAddress(window, `vitrine://project/${encodeURIComponent(entity)}/lab/run/sweep-3`);
    await expect(heading(window)).toHaveText('sweep-3');
    await window.getByRole('button', { name: 'More', exact: true }).click();
    await window.getByRole('menuitem', { name: 'Delete run…' }).click();
    await expect(window.getByRole('alertdialog')).toContainText('300 steps');
    await window.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await expect(heading(window)).toContainText('lab');
    await toast(window, 'Deleted “sweep-3”').getByRole('button', { name: 'Undo' }).click();
    await expect(toast(window, 'Undone: Delete the run sweep-3')).toBeVisible();
  });
  await test.step('by keys, too; it lies in the trash, and comes back with its steps', async () => {
    await goToAddress(window, `vitrine://project/${encodeURIComponent(entity)}/lab/run/sweep-3`);
    await expect(heading(window)).toHaveText('sweep-3');
    await pressOn(window.getByRole('button', { name: 'More', exact: true }));
    await pressOn(window.getByRole('menuitem', { name: 'Delete run…' }));
    await pressOn(window.getByRole('alertdialog').getByRole('button', { name: 'Delete' }));
    await expect(heading(window)).toContainText('lab');
    await goToAddress(window, 'vitrine://trash');
    const trash = table(window, 'Trash, newest first');
    await expect(rowOf(trash, 'lab/sweep-3')).toContainText('Run');
    for (const theme of ['light', 'dark'] as const) {
      await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
      for await (const look of atBothWidths(app, window, theme)) await look('runs-in-trash');
    }
    await trash.focus();
    await window.keyboard.press('Home');
    await window.keyboard.press('Enter');
    await expect(rowOf(trash, 'lab/sweep-3')).toHaveCount(0);
    await goToAddress(window, `vitrine://project/${encodeURIComponent(entity)}/lab/run/sweep-3`);
    await expect(heading(window)).toHaveText('sweep-3');
    await expect(window.getByRole('main')).toContainText('at step 299');
  });
  await doByPalette(window, 'Connect a script');
  await expect(window.getByRole('dialog', { name: 'Connect a script' })).toBeVisible();
  expect(pageErrors).toEqual([]);
});

test('an alert of a run is shown by the desktop, but not while its window is in front or when it is not wanted', async ({ launch }) => {
  const data = folder();
  await vitrine(['log', modelFolder(`${folder()}/model`, 4), '-n', 'gemma', '-p', 'train'], { data });
  const { key } = await vitrineJson<{ readonly key: string }>(['key', 'create', 'trainer'], { data });
  const { app, window, pageErrors, facts } = await launch(data);
  const served = await serveVitrine(data);
  const trainer = script(served.url, key);
  const { id } = (await trainer.call('runs.create', { project: { name: 'train' }, displayName: 'bright-sea-1' } as never)) as unknown as { readonly id: number };
  const alert = (title: string) => trainer.call('runs.alert', { id, title, text: 'loss is NaN', level: 'error' } as never);
  const inFront = (front: boolean) => app.evaluate(({ BrowserWindow }, yes) => {
    // What the desktop says of focus: there is no window manager under a virtual screen.
    const [first] = BrowserWindow.getAllWindows();
    if (first !== undefined) first.isFocused = () => yes;
  }, front);
  await inFront(false);
  await alert('away');
  await facts.wait('notification', { where: (fact) => fact['title'] === 'Error: away' });
  await inFront(true);
  await alert('looking');
  await facts.wait('notification-kept-back', { where: (fact) => fact['title'] === 'Error: looking' });

  // By keyboard: switched off, it is quiet from then on, also after a start.
  await goToAddress(window, 'vitrine://settings');
  const wanted = window.getByRole('switch', { name: 'Alerts of runs' });
  await expect(wanted).toBeChecked();
  await wanted.focus();
  await window.keyboard.press('Space');
  await expect(wanted).not.toBeChecked();
  await inFront(false);
  await alert('not wanted');
  await facts.wait('notification-kept-back', { where: (fact) => fact['title'] === 'Error: not wanted' });
  // By mouse: on again.
  await wanted.click();
  await expect(wanted).toBeChecked();
  await alert('wanted again');
  await facts.wait('notification', { where: (fact) => fact['title'] === 'Error: wanted again' });
  await stopServing(served);
  expect(pageErrors).toEqual([]);
});
