/**
 * Every place of the window, on the sample: axe finds nothing in light, dark and high contrast, the console stays empty, and a picture of
 * each in light and dark is kept in e2e/output/screenshots.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { VitrineBridge } from '#shared/contract/bridge.ts';
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress, heading, rowOf, table, unfold } from '../pages/catalogWindow.ts';
import { problemsOf, whenSettled } from '../pages/look.ts';
import { expect, test } from './journey.ts';
import { streamedRuns } from './liveRun.ts';
import { folder, modelFolder } from './workshop.ts';

declare global {
  interface Window {
    readonly vitrine: VitrineBridge;
  }
}

const pictures = join(import.meta.dirname, '..', 'output', 'screenshots');

/** A place by its address, and what must stand in it before it is looked at. */
type View = {
  readonly name: string;
  readonly address: string;
  readonly shows: string | RegExp;
  /** What is done there before it is looked at. */
  readonly act?: (window: Page) => Promise<void>;
};

/** Every chart in sight is drawn: each panel has its lines, none a frame that waits for them. */
async function whenDrawn(window: Page): Promise<void> {
  const main = window.getByRole('main');
  await expect(main.getByRole('slider', { name: /, chart$/u }).first()).toHaveAttribute('aria-valuemax', /[1-9]/u);
  await expect(async () => expect(await main.getByRole('slider', { name: /, chart$/u }).count()).toBe(await main.getByRole('button', { name: /^Enlarge /u }).count())).toPass();
}

const version = 'vitrine://registry/Models/Review%20Sentiment/production';
const views: readonly View[] = [
  { name: 'start', address: 'vitrine://start', shows: 'Start' },
  { name: 'registries', address: 'vitrine://registries', shows: 'Registries' },
  { name: 'registry', address: 'vitrine://registry/Models', shows: 'Models' },
  { name: 'collection', address: 'vitrine://registry/Models/Review%20Sentiment', shows: 'Review Sentiment' },
  { name: 'collection-selected', address: 'vitrine://registry/Models/Weld%20Detector', shows: 'Weld Detector', act: async (window) => {
    const rows = table(window, 'Versions of Weld Detector');
    await rowOf(rows, /^v5/u).click();
    await rowOf(rows, /^v4/u).click({ modifiers: ['ControlOrMeta'] });
    await expect(window.getByRole('toolbar', { name: 'Selected versions' })).toBeVisible();
  } },
  { name: 'collection-card', address: 'vitrine://registry/Models/Review%20Sentiment', shows: 'Review Sentiment', act: async (window) => {
    await window.getByRole('tab', { name: /^Card/u }).click();
    await expect(window.getByRole('region', { name: 'Card' }).getByRole('heading').first()).toBeVisible();
  } },
  { name: 'collection-compare', address: 'vitrine://registry/Models/Review%20Sentiment', shows: 'Review Sentiment', act: async (window) => {
    await window.getByRole('tab', { name: 'Compare' }).click();
    await expect(window.getByRole('slider').first()).toBeVisible();
  } },
  { name: 'promotion', address: 'vitrine://registry/Models/Review%20Sentiment', shows: 'Review Sentiment', act: async (window) => {
    await window.getByRole('button', { name: 'Promote…' }).click();
    await expect(window.getByRole('dialog', { name: 'Promote' })).toContainText('Becomes v0');
  } },
  { name: 'registry-states', address: 'vitrine://registry/Edge%20Models', shows: 'Edge Models', act: async (window) => {
    await window.getByRole('main').getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name: 'Lifecycle states…' }).click();
    await window.getByRole('button', { name: 'Begin with these' }).click();
    await expect(window.getByRole('textbox', { name: 'Name of state 4' })).toBeVisible();
  } },
  { name: 'registry-past', address: 'vitrine://registry/Datasets', shows: 'Datasets', act: async (window) => {
    await window.getByRole('main').getByRole('button', { name: 'More' }).click();
    await window.getByRole('menuitem', { name: 'As it was on…' }).click();
    await expect(table(window, 'Collections of Datasets at that time').getByRole('row').nth(1)).toBeVisible();
  } },
  { name: 'collection-timeline', address: 'vitrine://registry/Models/Review%20Sentiment', shows: 'Review Sentiment', act: async (window) => {
    await window.getByRole('tab', { name: 'Aliases over time' }).click();
    await expect(window.getByRole('region', { name: 'Aliases over time' }).getByRole('listitem').first()).toBeVisible();
  } },
  { name: 'version-overview', address: version, shows: 'Review Sentiment' },
  ...(['files', 'metadata', 'aliases', 'tags', 'lineage', 'usage', 'history'] as const).map((tab) => ({ name: `version-${tab}`, address: `${version}?tab=${tab}`, shows: 'Review Sentiment' })),
  { name: 'version-file', address: `${version}?tab=files`, shows: 'Review Sentiment', act: async (window) => {
    await window.getByRole('tabpanel').getByText(/\.safetensors$/u).first().click();
  } },
  { name: 'projects', address: 'vitrine://projects', shows: 'Projects' },
  { name: 'project', address: 'vitrine://project/TEAM/review-sentiment', shows: 'review-sentiment' },
  { name: 'project-runs', address: 'vitrine://project/TEAM/review-sentiment', shows: 'review-sentiment', act: (window) => window.getByRole('tab', { name: /^Runs/u }).click() },
  { name: 'artifact', address: 'vitrine://project/TEAM/review-sentiment/artifact/sentiment-finetuned', shows: 'sentiment-finetuned' },
  { name: 'source-version', address: 'vitrine://project/TEAM/review-sentiment/artifact/sentiment-finetuned/v2', shows: 'sentiment-finetuned' },
  { name: 'run', address: 'RUN', shows: /./u },
  ...(['charts', 'system'] as const).map((tab) => ({ name: `run-${tab}`, address: `vitrine://project/TEAM/watched/run/swift-sea-2?tab=${tab}`, shows: 'swift-sea-2', act: whenDrawn })),
  ...(['overview', 'console', 'files', 'artifacts', 'config', 'summary', 'history'] as const).map((tab) => ({ name: `run-${tab}`, address: `vitrine://project/TEAM/watched/run/swift-sea-2?tab=${tab}`, shows: 'swift-sea-2' })),
  { name: 'run-chart-enlarged', address: 'vitrine://project/TEAM/watched/run/swift-sea-2?tab=charts', shows: 'epoch', act: async (window) => {
    await window.getByRole('slider', { name: 'epoch, chart' }).press('Enter');
    await expect(window.getByRole('dialog').getByRole('slider')).toBeVisible();
  } },
  { name: 'runs', address: 'vitrine://project/TEAM/watched', shows: 'watched', act: async (window) => {
    await window.getByRole('tab', { name: /^Runs/u }).click();
    await expect(rowOf(table(window, 'Runs'), 'swift-sea-2')).toContainText('0.22');
  } },
  { name: 'runs-compared', address: 'vitrine://project/TEAM/watched/runs?runs=swift-sea-2%20calm-hill-1', shows: '2 runs compared', act: whenDrawn },
  { name: 'runs-compared-values', address: 'vitrine://project/TEAM/watched/runs?runs=swift-sea-2%20calm-hill-1', shows: '2 runs compared', act: (window) => window.getByRole('tab', { name: 'Config and summary' }).click() },
  { name: 'registry-members', address: 'vitrine://members/Models', shows: 'Members of Models' },
  { name: 'alias-board', address: 'vitrine://board', shows: 'Alias board' },
  { name: 'alias-board-of-a-registry', address: 'vitrine://board/Models', shows: 'Review Sentiment' },
  { name: 'lineage', address: 'vitrine://lineage', shows: 'Lineage' },
  { name: 'lineage-of-a-version', address: 'vitrine://lineage/registry/Models/Review%20Sentiment/production', shows: 'Review Sentiment' },
  { name: 'search', address: 'vitrine://search?q=weld', shows: 'weld' },
  { name: 'search-empty', address: 'vitrine://search?q=nothing-is-called-that', shows: 'nothing-is-called-that' },
  { name: 'search-mistake', address: 'vitrine://search?q=size%3E%3E', shows: 'size' },
  { name: 'history', address: 'vitrine://history', shows: 'History' },
  { name: 'storage', address: 'vitrine://storage', shows: 'Storage' },
  { name: 'sync', address: 'vitrine://sync', shows: /Sync|Remotes/u },
  { name: 'trash', address: 'vitrine://trash', shows: 'Trash' },
  { name: 'automations', address: 'vitrine://automations', shows: 'Automations' },
  { name: 'automation-new', address: 'vitrine://automations', shows: 'Automations', act: async (window) => {
    await window.getByRole('button', { name: 'New automation…' }).first().click();
    const dialog = window.getByRole('dialog', { name: 'New automation' });
    await dialog.getByRole('textbox', { name: /^Name/u }).fill('tell the team');
    await dialog.getByRole('textbox', { name: /^Address/u }).fill('https://example.org/hook');
    await expect(dialog.getByRole('region', { name: 'What it does' })).toContainText('It would have fired');
  } },
  { name: 'approvals', address: 'vitrine://approvals', shows: 'Approvals' },
  ...(['general', 'appearance', 'keyboard', 'access', 'keys', 'storage', 'remotes', 'advanced'] as const).map((section) => ({ name: `settings-${section}`, address: `vitrine://settings/${section}`, shows: /./u })),
  { name: 'nothing-there', address: 'vitrine://registry/Models/Nowhere', shows: 'Not found' },
  { name: 'palette', address: 'vitrine://registries', shows: 'Registries', act: async (window) => {
    await window.keyboard.press('ControlOrMeta+k');
    await expect(window.getByRole('dialog', { name: 'Command palette' }).getByRole('combobox')).toBeFocused();
    await window.keyboard.type('weld');
    await expect(window.getByRole('option', { name: /collection/u }).first()).toBeVisible();
  } },
  { name: 'link-picker', address: version, shows: 'Review Sentiment', act: async (window) => {
    await window.getByRole('button', { name: 'Link to…' }).first().click();
    await expect(window.getByRole('listbox', { name: 'Registries and collections' })).toBeVisible();
  } },
  { name: 'compare', address: version, shows: 'Review Sentiment', act: async (window) => {
    await window.getByRole('button', { name: 'Compare' }).click();
    await expect(window.getByRole('dialog')).toContainText('model.safetensors');
  } },
  { name: 'new-registry', address: 'vitrine://registries', shows: 'Registries', act: async (window) => {
    await window.getByRole('main').getByRole('button', { name: /New registry/u }).first().click();
    await expect(window.getByRole('dialog')).toBeVisible();
  } },
  { name: 'shortcuts', address: 'vitrine://start', shows: 'Start', act: async (window) => {
    await window.keyboard.press('?');
    await expect(window.getByRole('dialog')).toBeVisible();
  } },
];

for (const theme of ['light', 'dark', 'contrast'] as const) {
  test(`every place in the ${theme} theme`, async ({ launch }) => {
    test.setTimeout(1_800_000);
    const data = folder();
    await vitrineJson(['sample'], { data });
    await streamedRuns(data);
    const [project] = await vitrineJson<readonly { readonly entity: string }[]>(['ls', 'projects', '--limit', '1'], { data });
    const team = encodeURIComponent(project?.entity ?? '');
    const logged = await vitrineJson<{ readonly loggedBy: { readonly entity: string; readonly project: string; readonly runId: string } | null }>(['show', 'review-sentiment/sentiment-finetuned:v2'], { data });
    const run = logged.loggedBy === null ? '' : `vitrine://project/${team}/review-sentiment/run/${encodeURIComponent(logged.loggedBy.runId)}`;
    const { window, pageErrors } = await launch(data);
    await window.emulateMedia({ reducedMotion: 'reduce' });
    await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
    await expect(window.locator('html')).toHaveAttribute('data-theme', theme);
    await unfold(window, 'Models');
    const folderOfTheme = join(pictures, theme);
    rmSync(folderOfTheme, { recursive: true, force: true });
    mkdirSync(folderOfTheme, { recursive: true });
    for (const view of views) {
      await test.step(view.name, async () => {
        await goToAddress(window, view.address === 'RUN' ? run : view.address.replace('TEAM', team));
        await expect(window.getByRole('main')).toContainText(view.shows);
        await whenSettled(window);
        await view.act?.(window);
        await whenSettled(window);
        await window.screenshot({ path: join(folderOfTheme, `${view.name}.png`) });
        expect.soft(await problemsOf(window, theme), `${view.name}, ${theme}`).toEqual([]);
        expect.soft(pageErrors, `${view.name}, ${theme}: the console`).toEqual([]);
        if (view.act !== undefined) {
          await window.keyboard.press('Escape');
          await expect(window.getByRole('dialog')).toHaveCount(0);
        }
      });
    }
  });
}

for (const theme of ['light', 'dark'] as const) {
  test(`the first start and its dialogs in the ${theme} theme`, async ({ launch }) => {
    const data = folder();
    const files = modelFolder(join(folder(), 'minilm'), 1);
    const { window, pageErrors, app } = await launch(data);
    await window.emulateMedia({ reducedMotion: 'reduce' });
    await window.evaluate((chosen) => globalThis.window.vitrine.setAppearance({ theme: chosen }), theme);
    const keep = async (name: string): Promise<void> => {
      await whenSettled(window);
      mkdirSync(join(pictures, theme), { recursive: true });
      await window.screenshot({ path: join(pictures, theme, `${name}.png`) });
      expect.soft(await problemsOf(window, theme), `${name}, ${theme}`).toEqual([]);
    };
    await expect(heading(window)).toContainText('Welcome to Vitrine');
    await keep('first-start');
    await window.getByRole('button', { name: 'Connect a script…' }).click();
    await keep('connect');
    await window.getByRole('button', { name: 'Start the server and make a key' }).click();
    await expect(window.getByRole('dialog')).toContainText('WANDB_BASE_URL');
    await keep('connect-waiting');
    await window.getByRole('tab', { name: 'Without it' }).click();
    await expect(window.getByRole('dialog')).toContainText('urllib.request');
    await keep('connect-http');
    await window.keyboard.press('Escape');
    await app.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = (() => Promise.resolve({ canceled: false, filePaths: [path] })) as typeof dialog.showOpenDialog;
    }, files);
    await window.getByRole('button', { name: 'Choose a folder…' }).click();
    await expect(window.getByRole('dialog', { name: 'Log a new version' })).toContainText('4 files');
    await keep('log-dialog');
    await window.getByRole('textbox', { name: 'Artifact' }).fill('a name with blanks');
    await expect(window.getByRole('dialog')).toContainText('is not allowed');
    await keep('log-dialog-mistake');
    await window.keyboard.press('Escape');
    for (const empty of ['registries', 'projects', 'lineage', 'history', 'storage', 'trash'] as const) {
      await goToAddress(window, `vitrine://${empty}`);
      await keep(`empty-${empty}`);
    }
    expect(pageErrors).toEqual([]);
  });
}
