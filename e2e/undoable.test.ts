/**
 * Undo for what a person does in the window: every command that the window sends either offers one, which is read off the commands of the
 * catalog, or stands here with the reason why there is none.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operationFacts } from '#shared/contract/facts.ts';

const root = join(import.meta.dirname, '..');
const commandsFolder = join(root, 'electron', 'core', 'catalog', 'commands');

const outside = 'What it does lies outside of the catalog: a file, a server, a program.';
const itself = 'It is itself the way back, or has one beside it.';
const asks = 'It asks first, and says what goes and what stays.';
const secret = 'What was shown once, written over or taken back can’t be had again; it is made anew.';
const work = 'It reads and counts, or begins work that has a cancel of its own.';
const others = 'Others have been told, or have acted on it: a further act corrects it, and both stay in the history.';

/** Why a command that the window sends has no undo. */
const reasons: Readonly<Record<string, string>> = {
  'trash.restore': itself, 'trash.restoreAll': itself, 'undo.apply': itself, 'catalog.restoreBackup': itself,
  'approvals.check': others, 'approvals.decide': others, 'approvals.delegate': others, 'approvals.remind': others, 'approvals.request': others, 'approvals.withdraw': others,
  'jobs.approve': 'A command that was approved may have run by then; its approval is taken away beside it.', 'jobs.remove': asks, 'secrets.set': secret, 'secrets.remove': asks,
  'buckets.add': 'Its credential goes to the keychain, and bytes may lie in it by then; it is taken out beside it.', 'buckets.remove': asks, 'bytes.free': 'What is freed here lies elsewhere, and is fetched again.', 'bytes.store': outside, 'sync.fetch': outside,
  'bundles.export': outside, 'history.export': outside, 'versions.export': outside, 'runs.exportFiles': outside, 'history.signHead': outside, 'history.keepHead': outside, 'catalog.backup': outside,
  'settings.set': 'It keeps how one’s own window looks, column by column: offers for each would bury those for acts. The same control sets it back.', 'recents.touch': 'It only notes what was looked at.',
  'deliveries.discard': others, 'deliveries.replay': others,
  'door.start': itself, 'door.stop': itself,
  'keys.create': secret, 'keys.revoke': secret,
  'remotes.add': 'It reads at once what is there; it is disconnected beside it, which says what stays.', 'remotes.remove': asks,
  'runs.stop': outside,
  'storage.collect': asks, 'storage.verify': work, 'scans.run': work, 'trash.purge': asks,
  'sync.discard': others, 'sync.pause': itself, 'sync.resume': itself, 'sync.retry': others, 'sync.undo': itself, 'sync.run': others,
};

/** Commands of the contract whose name stands in the window's sources. */
function sent(): readonly string[] {
  const renderer = join(root, 'renderer');
  const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/u.test(name) && !/\.test\.tsx?$/u.test(name) && !/(?:^|[\\/])(?:dev|gallery)[\\/]/u.test(name));
  const names = files.flatMap((name) => [...readFileSync(join(renderer, name), 'utf8').matchAll(/'([a-z][A-Za-z]*\.[a-zA-Z]+)'/gu)].map(([, operation = '']) => operation));
  const kinds: Readonly<Record<string, { readonly kind: string }>> = operationFacts;
  return [...new Set(names)].filter((name) => kinds[name]?.kind === 'command').sort();
}

/** Commands whose function, or one that it calls, offers an undo. */
function offering(): ReadonlySet<string> {
  const texts = readdirSync(commandsFolder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).map((name) => readFileSync(join(commandsFolder, name), 'utf8'));
  const bodies = new Map(texts.flatMap((text) => [...text.matchAll(/^(?:export )?function (\w+)[\s\S]*?^\}/gmu)].map((match) => [match[1] ?? '', match[0]] as const)));
  const offers = new Set([...bodies].filter(([, body]) => body.includes('scope.offerUndo(')).map(([name]) => name));
  for (let before = -1; before !== offers.size; ) {
    before = offers.size;
    // What is called with a scope that keeps quiet offers nothing.
    for (const [name, body] of bodies) if (!/offerUndo: \(\) => undefined/u.test(body) && [...offers].some((other) => new RegExp(`\\b${other}\\(scope\\b`, 'u').test(body))) offers.add(name);
  }
  const table = texts.find((text) => text.includes("'undo.apply': ")) ?? '';
  return new Set([...table.matchAll(/^ {2}'([\w.]+)': (\w+),/gmu)].filter(([, , name = '']) => offers.has(name)).map(([, operation = '']) => operation));
}

/** Put together in core from commands that offer one; `electron/core/operations/access.test.ts` takes each back, `imports.test.ts`, `lineageImport.test.ts` and `sample.test.ts` beside it the imports and the sample, the engine’s test the settings of a remote. */
const throughCore: readonly string[] = ['automations.import', 'catalog.addSample', 'imports.bundle', 'imports.gto', 'imports.legacyRegistry', 'imports.mlruns', 'remotes.update', 'versions.log'];

test('what the window sends can be undone, or says here why not', () => {
  const offers = new Set([...offering(), ...throughCore]);
  expect(sent().filter((name) => !offers.has(name))).toEqual(Object.keys(reasons).sort());
});
