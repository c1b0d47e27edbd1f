import type { Page } from '@playwright/test';

/**
 * Bytes that a page holds once all that nothing points at is gone: objects, and what typed arrays stand on. Without a collection, how much garbage
 * happens to lie about would be told. What its workers hold is theirs.
 */
export async function pageHeap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  try {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
    return usedSize + backingStorageSize;
  } finally {
    await session.detach();
  }
}
