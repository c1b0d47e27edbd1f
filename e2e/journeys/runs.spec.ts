/** A run is watched while it goes: from “Connect a script” to its charts, its console, and beside another run. */
import type { Page } from '@playwright/test';
import { doByPalette, goToAddress, heading, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { connect, curve, historyLines, type Script } from './liveRun.ts';
import { folder } from './workshop.ts';

const chart = (window: Page, metric: string) => window.getByRole('region', { name: metric, exact: true });
/** Steps 498 and 499 may stand as one point. */
const theEnd = /^49[89](?:\.5)?$/u;
const slider = (window: Page, metric: string) => window.getByRole('slider', { name: `${metric}, chart` });

async function beginRun(script: Script, runId: string, lr: number) {
  return (await script.call('runs.upsert', { project: { name: 'lab' }, runId, displayName: runId, configText: JSON.stringify({ lr: { value: lr }, optimizer: { value: 'adam' }, model: { value: { layers: 12, width: 768 } } }), jobType: 'train', tags: ['nightly'] })).run;
}

test('a script connects, and its run is watched as it goes', async ({ launch }) => {
  test.slow();
  const { window, pageErrors } = await launch(folder());
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
    await script.call('runs.append', { id: run.id, history: { offset: 0, lines: historyLines(0, 100, values) } });
    const logged = Date.now();
    await expect(slider(window, 'train/loss')).toHaveAttribute('aria-valuemax', '99', { timeout: 5000 });
    expect(Date.now() - logged).toBeLessThan(1500);
    for (const metric of ['lr', 'train/accuracy', 'val/loss']) await expect(chart(window, metric)).toBeVisible();
    await script.call('runs.append', { id: run.id, history: { offset: 100, lines: historyLines(100, 400, values) } });
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
  });

  await test.step('a drag zooms all charts, a double click shows all', async () => {
    await slider(window, 'train/loss').scrollIntoViewIfNeeded();
    const box = await slider(window, 'train/loss').boundingBox();
    if (box === null) throw new Error('The chart is not shown.');
    await window.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
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
    await window.keyboard.press('Enter');
    await expect(heading(window)).toHaveText('baseline, long');
    await window.getByRole('button', { name: 'Stop…' }).click();
    await window.getByRole('alertdialog').getByRole('button', { name: 'Ask it to stop' }).click();
    await expect(window.getByRole('button', { name: 'Stopping' })).toBeVisible();
    expect(await script.call('runs.append', { id: run.id, summaryText: '{"train/loss": 0.12}' })).toMatchObject({ stopRequested: true });
    await script.call('runs.append', { id: run.id, complete: true, exitCode: 3 });
    await expect(window.getByRole('main')).toContainText('failed with exit code 3');
    await window.getByRole('tab', { name: /^Config/u }).click();
    await expect(window.getByRole('tree', { name: 'Config' })).toContainText('optimizer');
  });
  expect(pageErrors).toEqual([]);
});

test('runs are listed with chosen values, sorted as numbers, and compared in the same charts', async ({ launch }) => {
  test.slow();
  const { window, pageErrors } = await launch(folder());
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
    await window.keyboard.press('Enter');
    await window.keyboard.press('Escape');
    await expect(runs.getByRole('columnheader', { name: 'optimizer' })).toBeVisible();
    await expect(rowOf(runs, 'sweep-2')).toContainText('adam');
  });
  await test.step('0.02 comes before 0.1 before 0.3', async () => {
    await runs.getByRole('columnheader', { name: 'lr' }).click();
    const first = runs.getByRole('row').nth(1);
    await expect(first).toContainText(/sweep-[23]/u);
    if ((await first.innerText()).includes('sweep-3')) await runs.getByRole('columnheader', { name: 'lr' }).click();
    await expect(runs.getByRole('row').nth(1)).toContainText('sweep-2');
    await expect(runs.getByRole('row').nth(2)).toContainText('sweep-1');
    await expect(runs.getByRole('row').nth(3)).toContainText('sweep-3');
  });
  await test.step('two are compared', async () => {
    await expect(window.getByRole('button', { name: 'Compare' })).toHaveAttribute('aria-disabled', 'true');
    await rowOf(runs, 'sweep-1').click();
    await rowOf(runs, 'sweep-3').click({ modifiers: ['ControlOrMeta'] });
    await window.getByRole('button', { name: 'Compare 2' }).click();
    await expect(heading(window)).toHaveText('2 runs compared');
    const loss = slider(window, 'loss');
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
    await expect(toast(window, 'Deleted “sweep-3”')).toBeVisible();
    await expect(heading(window)).toContainText('lab');
  });
  await doByPalette(window, 'Connect a script');
  await expect(window.getByRole('dialog', { name: 'Connect a script' })).toBeVisible();
  expect(pageErrors).toEqual([]);
});
