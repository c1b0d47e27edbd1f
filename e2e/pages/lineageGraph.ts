/** The lineage of the window as a person finds their way in it. */
import { expect, type Locator, type Page } from '@playwright/test';

export const graph = (window: Page): Locator => window.getByRole('application', { name: /^Lineage graph/u });
export const card = (window: Page, words: string | RegExp): Locator => window.locator('.react-flow__node').filter({ hasText: words });
export const toolbar = (window: Page): Locator => window.getByRole('group', { name: 'Lineage', exact: true });
export const answer = (window: Page): Locator => window.getByRole('region', { name: 'Answer' });
/** The address of the lineage of a version. */
export const lineageOf = (team: string, project: string, artifact: string, number: number): string => `vitrine://lineage/project/${encodeURIComponent(team)}/${project}/artifact/${artifact}/v${number}`;

export async function chooseOption(window: Page, box: string, option: string): Promise<void> {
  // A menu on its way out gives the focus back, and a list that loses it closes: then it is opened once more.
  await expect(window.getByRole('menu')).toHaveCount(0);
  await expect(graph(window)).toHaveAttribute('aria-busy', 'false');
  await expect(async () => {
    await window.getByRole('combobox', { name: box }).click({ timeout: 5000 });
    await window.getByRole('option', { name: option }).click({ timeout: 5000 });
  }).toPass();
  await expect(window.getByRole('combobox', { name: box })).toContainText(option);
  await expect(window.getByRole('option')).toHaveCount(0);
}

/** Without its side the graph has room for cards, all of it in view; beside it, it may be a map of names only. */
export async function hideSide(window: Page): Promise<void> {
  await expect(graph(window)).toBeVisible();
  const side = toolbar(window).getByRole('button', { name: 'Show details' });
  // In a narrow window it stands there only when it is asked for.
  if ((await side.getAttribute('aria-pressed')) === 'true') await side.click();
  await expect(side).toHaveAttribute('aria-pressed', 'false');
}

/** All of the graph in view, and the camera at rest: what is far outside of it has no card. */
export async function showAll(window: Page): Promise<void> {
  await expect(graph(window)).toBeVisible();
  await expect(async () => {
    // What is still being asked for would be looked at afresh once it is laid out.
    await expect(graph(window)).toHaveAttribute('aria-busy', 'false');
    await graph(window).focus();
    await window.keyboard.press('0');
    // What closes beside it gives the focus back to where it came from, and could take the key as well.
    expect(await graph(window).evaluate((element) => element === document.activeElement)).toBe(true);
  }).toPass();
  await whenStill(window);
}

/** The camera rests and all cards stand. */
export async function whenStill(window: Page): Promise<void> {
  await window.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let before = '';
        let frames = 0;
        const look = (): void => {
          const at = document.querySelector<HTMLElement>('.react-flow__viewport')?.style.transform ?? '';
          frames = at === before && document.querySelector('[data-travelling]') === null ? frames + 1 : 0;
          before = at;
          if (frames >= 6) resolve();
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
  await expect(graph(window)).toHaveAttribute('aria-busy', 'false');
}

/** Where the middle of two cards is, from the first to the second, in pixels of one and the same frame; not a number while one of them isn't there. */
export function between(window: Page, from: string, to: string): Promise<{ readonly x: number; readonly y: number }> {
  return window.evaluate(
    ([one, other]) => {
      const middle = (words: string): { x: number; y: number } => {
        const box = [...document.querySelectorAll('.react-flow__node')].find((element) => element.textContent.includes(words))?.getBoundingClientRect();
        return box === undefined ? { x: Number.NaN, y: Number.NaN } : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      };
      const [begin, end] = [middle(one), middle(other)];
      return { x: end.x - begin.x, y: end.y - begin.y };
    },
    [from, to] as const,
  );
}

/** Finds a node by its name and selects it; the camera rests there afterwards: what is pressed while it moves is missed. */
export async function find(window: Page, words: string): Promise<void> {
  const field = window.getByRole('combobox', { name: 'Find in graph' });
  await expect(async () => {
    await field.fill('');
    await field.fill(words);
    // It closes when something else takes the focus.
    await expect(window.getByRole('listbox', { name: 'Hits' }).getByRole('option').first()).toBeVisible({ timeout: 5000 });
  }).toPass();
  await field.press('Enter');
  await whenStill(window);
}

/** Picks a version or run in a field of the side by typing. */
export async function pick(window: Page, within: Locator, field: string, words: string, option: string | RegExp): Promise<void> {
  await expect(async () => {
    await within.getByRole('combobox', { name: field }).fill('');
    await within.getByRole('combobox', { name: field }).fill(words);
    await window.getByRole('option', { name: option }).first().click({ timeout: 10_000 });
  }).toPass();
}
