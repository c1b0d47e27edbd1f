import type { OutputOf } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { ArrowRight, ShieldAlert } from '../../ui/icons.ts';
import styles from './MoveLines.module.css';

type MoveLinesProps = {
  readonly moves: OutputOf<'aliases.preview'>['moves'];
  readonly needsApproval: OutputOf<'aliases.preview'>['needsApproval'];
};

/** Where aliases would go, and which of them wait for an approval; `latest` goes by itself and is left out. */
export function MoveLines({ moves, needsApproval }: MoveLinesProps) {
  return (
    <>
      {moves
        .filter((move) => move.alias !== latestAlias && needsApproval.every((needed) => needed.alias !== move.alias))
        .map((move) => (
          <span key={move.alias} className={styles.line}>
            <span className={styles.mono}>{move.alias}</span>
            {move.from === null ? 'is put on' : `v${move.from}`}
            {move.from !== null && <ArrowRight role="img" aria-label="moves to" />} v{move.to}
          </span>
        ))}
      {needsApproval.map((needed) => (
        <span key={`${needed.alias} ${needed.label}`} className={styles.waiting}>
          <ShieldAlert aria-hidden /> {needed.explanation}
        </span>
      ))}
    </>
  );
}
