/** The lineage of the window as a person finds their way in it. */
import { expect, type Locator, type Page } from '@playwright/test';

export const graph = (window: Page): Locator => window.getByRole('application', { name: /^Lineage graph/u });
export const card = (window: Page, words: string | RegExp): Locator => window.locator('.react-flow__node').filter({ hasText: words });
export const toolbar = (window: Page): Locator => window.getByRole('group', { name: 'Lineage', exact: true });
export const answer = (window: Page): Locator => window.getByRole('region', { name: 'Answer' });
/** The address of the lineage of a version. */
export const lineageOf = (team: string, project: string, artifact: string, number: number): string => `vitrine://lineage/project/${encodeURIComponent(team)}/${project}/artifact/${artifact}/v${number}`;

export async function chooseOption(window: Page, box: string, option: string): Promise<void> {
  // A menu on its way out gives the focus back, and a list that loses it closes.
  await expect(window.getByRole('menu')).toHaveCount(0);
  await expect(graph(window)).toHaveAttribute('aria-busy', 'false');
  await window.getByRole('combobox', { name: box }).click();
  await window.getByRole('option', { name: option }).click();
}

/** All of the graph in view: what is far outside of it has no card. */
export async function showAll(window: Page): Promise<void> {
  await expect(graph(window)).toBeVisible();
  await graph(window).focus();
  await window.keyboard.press('0');
}

/** Finds a node by its name and selects it. */
export async function find(window: Page, words: string): Promise<void> {
  const field = window.getByRole('combobox', { name: 'Find in graph' });
  await field.fill(words);
  await expect(window.getByRole('listbox', { name: 'Hits' }).getByRole('option').first()).toBeVisible();
  await field.press('Enter');
}

/** Picks a version or run in a field of the side by typing. */
export async function pick(window: Page, within: Locator, field: string, words: string, option: string | RegExp): Promise<void> {
  await within.getByRole('combobox', { name: field }).fill(words);
  await window.getByRole('option', { name: option }).first().click();
}
