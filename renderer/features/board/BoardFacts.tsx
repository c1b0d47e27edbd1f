import { compareRoles } from '#shared/domain/roles.ts';
import { readOnlyReason } from '../../app/rights.ts';
import { Kbd } from '../../ui/index.ts';
import { cellOf, wordsOf, type BoardRow, type RegistryFacts } from './cells.ts';
import { useBoardCell } from './store.ts';
import styles from './Board.module.css';

/** The line below the board: all that is known of the cell under the pointer, else of the one that has the keyboard. */
export function BoardFacts({ rowOf, registries, readOnly }: { readonly rowOf: (collectionId: number) => BoardRow | undefined; readonly registries: ReadonlyMap<number, RegistryFacts>; readonly readOnly: boolean }) {
  const { pointed, collectionId, alias, now } = useBoardCell();
  const at = pointed ?? (collectionId === null || alias === null ? null : { collectionId, alias });
  const row = at === null ? undefined : rowOf(at.collectionId);
  const facts = row === undefined ? undefined : registries.get(row.registryId);
  const mayMove = !readOnly && [...registries.values()].some(({ registry }) => compareRoles(registry.role, 'member') >= 0);
  return (
    <p className={styles.facts} role="note" aria-label="About the alias">
      {at !== null && row !== undefined && facts !== undefined ? (
        wordsOf(cellOf(row, at.alias, facts.guard, readOnly), now)
      ) : mayMove ? (
        <>
          Drag a chip to another version, or by keys: <Kbd keys="ArrowRight" /> to its cell, <Kbd keys="m" /> picks it up, <Kbd keys="Enter" /> opens its menu, <Kbd keys="Delete" /> takes it off.
        </>
      ) : (
        readOnly ? readOnlyReason : 'Aliases are moved by members of a registry; you can look.'
      )}
    </p>
  );
}
