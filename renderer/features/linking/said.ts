/** What is said after linking: what happened, with “Undo” and a way there. */
import type { CommandResult, OutputOf } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { formatQuantity } from '../../ui/index.ts';
import { notify, undoOffered } from '../../app/api/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import type { VersionRef } from '../../app/selection.ts';

type Linked = CommandResult<OutputOf<'links.create'>>;

export function sayLinked(result: Linked, { registry, collection, versions }: { readonly registry: string; readonly collection: string; readonly versions: readonly VersionRef[] }): void {
  const { links, moves } = result.output;
  const made = links.filter((link) => !link.standing);
  const chosen = moves.filter((move) => move.alias !== latestAlias);
  const only = versions.length === 1 ? versions[0] : undefined;
  const what = only === undefined ? formatQuantity(made.length, 'version') : `${only.artifact} v${only.index}`;
  const number = links.at(-1)?.index;
  const title =
    made.length === 0
      ? chosen.length === 0
        ? `${only === undefined ? 'They are' : `${what} is`} linked in ${collection} already; nothing changed`
        : `Put ${chosen.map((move) => `“${move.alias}”`).join(', ')} on v${number} of ${collection}`
      : `Linked ${what} to ${registry} / ${collection}${only === undefined ? '' : ` as v${number}`}`;
  const moved = chosen.filter((move) => move.from !== null);
  notify({
    tone: 'good',
    title,
    ...(moved.length === 0 ? {} : { text: moved.map((move) => `“${move.alias}” moved from v${move.from} to v${move.to}`).join('; ') }),
    ...undoOffered(result.undo),
    secondAction: { label: 'Open', onPress: () => navigate(made.length === 1 && number !== undefined ? placeOf.link({ registry, collection, index: number }) : placeOf.collection(registry, collection)) },
  });
}
