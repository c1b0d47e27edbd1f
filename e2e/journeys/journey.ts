/** A test that opens windows: each is ended in order afterwards, whatever happened, and the folders made for it are removed. */
import { test as base } from '@playwright/test';
import { coreOf, launchVitrine, type LaunchOptions, type Vitrine } from '../drivers/electron.ts';
import { whenReady } from '../pages/catalogWindow.ts';
import { removeFolders } from './workshop.ts';

export { expect } from '@playwright/test';

export type Launch = (dataDirectory: string, options?: Omit<LaunchOptions, 'dataDirectory'> & {
  /** Whether to wait until core answers: not where it is meant not to. True by default. */
  readonly untilReady?: boolean;
}) => Promise<Vitrine>;

export const test = base.extend<{ readonly launch: Launch }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern which fixtures this one needs: none
  launch: async ({}, provide) => {
    const open: Vitrine[] = [];
    await provide(async (dataDirectory, { untilReady = true, ...options } = {}) => {
      const vitrine = await launchVitrine({ dataDirectory, ...options });
      open.push(vitrine);
      if (untilReady) await whenReady(vitrine.window);
      return vitrine;
    });
    for (const each of open) await each.close({ keepData: true });
    removeFolders();
  },
});

/** Does something while core is held still and can answer nothing; lets it go on afterwards, whatever happened. */
export async function whileCoreIsHeld(vitrine: Vitrine, act: () => Promise<void>): Promise<void> {
  const core = await coreOf(vitrine);
  process.kill(core, 'SIGSTOP');
  try {
    await act();
  } finally {
    process.kill(core, 'SIGCONT');
  }
}
