import type { OutputOf } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { ArrowRight } from '../../ui/icons.ts';
import styles from './Linking.module.css';

/** Where aliases would go; `latest` goes by itself and is left out. */
export function MoveLines({ moves }: { readonly moves: OutputOf<'links.preview'>['moves'] }) {
  return moves
    .filter((move) => move.alias !== latestAlias)
    .map((move) => (
      <span key={move.alias} className={styles.moveLine}>
        <span className={styles.mono}>{move.alias}</span>
        {move.from === null ? 'is put on' : `v${move.from}`}
        {move.from !== null && <ArrowRight role="img" aria-label="moves to" />} v{move.to}
      </span>
    ));
}
