/** Secrets of automations: their names in the catalog, their texts in the vault of whoever set them last, and nowhere else. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { automationSecret, secretPrefix, type KeptSecret } from '../automations/port.ts';
import { fileVault, type Vault } from '../host/vault.ts';
import { acting, asking, type OperationContext, type OperationResult } from './context.ts';
import type { Handlers, Rooms } from './index.ts';

const turns = new WeakMap<Vault, Promise<unknown>>();

/** One after the other: what is put into a vault must not be tidied away by somebody who read the names before. */
function inTurn<Value>(vault: Vault, act: () => Promise<Value>): Promise<Value> {
  const done = (turns.get(vault) ?? Promise.resolve()).then(act);
  turns.set(vault, done.catch(() => undefined));
  return done;
}

export type SecretPlaces = { readonly directory: string; readonly vault: Vault; readonly kept: () => Promise<readonly KeptSecret[]> };

/** Forgets what was set again or removed elsewhere: the app's keychain and the file of a core of its own don't hear of each other's changes. */
export function tidySecrets(places: SecretPlaces): Promise<void> {
  return inTurn(places.vault, () => tidy(places));
}

async function tidy({ directory, vault, kept }: SecretPlaces): Promise<void> {
  const all = await kept();
  const namesIn = (kind: Vault['kind']): readonly string[] => all.filter((secret) => secret.keptIn === kind).map(({ name, updatedAt }) => automationSecret(name, updatedAt));
  await vault.keepOnly(secretPrefix, namesIn(vault.kind));
  // The file lies in the catalog's folder; the keychain only its own app can reach, which tidies when it starts.
  if (vault.kind === 'keychain') await fileVault(directory).keepOnly(secretPrefix, namesIn('file'));
}

const placesOf = (rooms: Rooms, context: OperationContext): SecretPlaces => ({ directory: rooms.directory, vault: rooms.vault, kept: () => rooms.catalog.read('internal.keptSecrets', {}, asking(context)) as Promise<readonly KeptSecret[]> });

type NotedSecret = { readonly before: number | null; readonly updatedAt: number | null };

function setSecret(rooms: Rooms, input: CheckedInputOf<'secrets.set'>, context: OperationContext): Promise<OperationResult> {
  return inTurn(rooms.vault, async () => {
    // The name first: whoever may not, must not have sealed anything.
    const result = await rooms.catalog.write('internal.noteSecret', { name: input.name, keptIn: rooms.vault.kind }, acting(context));
    await rooms.vault.seal(automationSecret(input.name, (result.output as NotedSecret).updatedAt ?? 0), input.value);
    await tidy(placesOf(rooms, context));
    return { ...result, output: {} };
  });
}

function removeSecret(rooms: Rooms, input: CheckedInputOf<'secrets.remove'>, context: OperationContext): Promise<OperationResult> {
  return inTurn(rooms.vault, async () => {
    const result = await rooms.catalog.write('internal.noteSecret', { name: input.name, keptIn: null }, acting(context));
    await tidy(placesOf(rooms, context));
    return { ...result, output: {} };
  });
}

async function listSecrets(rooms: Rooms, _input: unknown, context: OperationContext): Promise<OperationResult> {
  const { items } = (await rooms.catalog.read('secrets.list', {}, asking(context))) as Pick<OutputOf<'secrets.list'>, 'items'>;
  const here = await Promise.all(items.map(async ({ name, updatedAt }) => (await rooms.vault.open(automationSecret(name, Date.parse(updatedAt)))) !== null));
  return { output: { items: items.map((item, index) => ({ ...item, here: here[index] ?? false })), kind: rooms.vault.kind } satisfies OutputOf<'secrets.list'>, undo: null };
}

export const secretHandlers = { 'secrets.list': listSecrets, 'secrets.remove': removeSecret, 'secrets.set': setSecret } satisfies Handlers;
