/**
 * What the window lets a person begin is what their roles allow: every command that it sends and that not everybody may is asked about by
 * `whyNot` before it is offered, or stands here with who asks instead. It is what makes “View as” tell the truth.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operationFacts } from '#shared/contract/facts.ts';

const renderer = join(import.meta.dirname, '..', 'renderer');

const byRegistry = 'The role that each registry tells of decides: features/registries/rights.ts, versions/rights.ts, app/drag/linkVerdict.ts, board/cells.ts.';
const own = 'Everybody’s own.';
const elsewhere = (operation: string): string => `It is begun where ${operation} is asked about.`;

/** Who asks, for commands about which `whyNot` is not asked by name. */
const reasons: Readonly<Record<string, string>> = {
  'aliases.remove': byRegistry, 'aliases.revert': byRegistry, 'collections.delete': byRegistry, 'collections.update': byRegistry, 'links.note': byRegistry, 'links.setState': byRegistry, 'registries.addMembers': byRegistry,
  'registries.delete': byRegistry, 'registries.removeMembers': byRegistry, 'registries.setCardRule': byRegistry, 'registries.setLifecycle': byRegistry, 'registries.update': byRegistry, 'registries.updateMember': byRegistry,
  'history.keepHead': 'The window sends none; it is told of heads that others kept.',
  'keys.create': own, 'keys.revoke': own, 'undo.apply': own, 'trash.restoreAll': elsewhere('trash.restore'),
  'scans.run': elsewhere('versions.export'), 'tags.edit': elsewhere('versions.update'), 'teams.create': elsewhere('users.create'), 'users.remove': elsewhere('users.create'), 'users.update': elsewhere('users.create'),
};

const sources = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/u.test(name) && !/\.test\.tsx?$/u.test(name) && !/(?:^|[\\/])(?:dev|gallery)[\\/]/u.test(name))
  .map((name) => readFileSync(join(renderer, name), 'utf8'));

test('what not everybody may is asked about before it is offered', () => {
  const facts: Readonly<Record<string, { readonly kind: string; readonly audience: string }>> = operationFacts;
  const sent = new Set(sources.flatMap((text) => [...text.matchAll(/'([a-z][A-Za-z]*\.[a-zA-Z]+)'/gu)].map(([, name = '']) => name)).filter((name) => facts[name]?.kind === 'command' && facts[name].audience !== 'restricted_viewer' && facts[name].audience !== 'anyone'));
  const asked = new Set(sources.flatMap((text) => [...text.matchAll(/(?:[wW]hyNot\w*(?:\(\))?\(|needs: \[)[^)\];]*?'([a-zA-Z]+\.\w+)'/gu)].map(([, name = '']) => name)));
  expect([...sent].filter((name) => !asked.has(name)).sort()).toEqual(Object.keys(reasons).sort());
});
