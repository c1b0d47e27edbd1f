import { expect, test } from 'vitest';
import type { Change } from '#shared/contract/index.ts';
import { createRemembered } from './remembered.ts';

function catalogWithCommits() {
  const listeners = new Set<(changes: readonly Change[]) => void>();
  return {
    catalog: { onCommit: (listener: (changes: readonly Change[]) => void) => (listeners.add(listener), () => listeners.delete(listener)) },
    commit: (...changes: readonly Change[]) => listeners.forEach((listener) => listener(changes)),
    listeners,
  };
}

test('an answer is kept until a commit touches what it is about', async () => {
  const { catalog, commit, listeners } = catalogWithCommits();
  const remembered = createRemembered<string>(catalog, ['api_key']);
  let asked = 0;
  const get = () => remembered.get('ada', async () => `answer ${++asked}`);
  expect([await get(), await get()]).toEqual(['answer 1', 'answer 1']);
  commit({ entity: 'version', ids: [1] });
  expect(await get()).toBe('answer 1');
  commit({ entity: 'version', ids: [1] }, { entity: 'api_key', ids: [4] });
  expect(await get()).toBe('answer 2');
  commit({ entity: 'catalog', ids: 'all' });
  expect(await get()).toBe('answer 3');
  remembered.close();
  expect(listeners.size).toBe(0);
});

test('an answer that was asked for before such a commit is not kept after it', async () => {
  const { catalog, commit } = catalogWithCommits();
  const remembered = createRemembered<string>(catalog, ['api_key']);
  const early = Promise.withResolvers<string>();
  const asking = remembered.get('ada', () => early.promise);
  commit({ entity: 'api_key', ids: [4] });
  early.resolve('before');
  expect(await asking).toBe('before');
  expect(await remembered.get('ada', async () => 'after')).toBe('after');
});

test('nothing is no answer to keep', async () => {
  const { catalog } = catalogWithCommits();
  const remembered = createRemembered<string>(catalog, []);
  expect(await remembered.get('ada', async () => null)).toBeNull();
  expect(await remembered.get('ada', async () => 'there')).toBe('there');
});
