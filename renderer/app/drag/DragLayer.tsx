import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { Ban, Bookmark, File } from '../../ui/icons.ts';
import { describePayload } from './payload.ts';
import { dragPoint, onDragMove, useDragSession, type Point } from './session.ts';
import styles from './DragLayer.module.css';

/** What hangs at the pointer: the thing dragged, and what would happen or why not. Moved by its style: nothing renders while it moves. */
export function DragLayer() {
  const { payload, verdict, mode } = useDragSession();
  const preview = useRef<HTMLDivElement>(null);
  const active = payload !== null;

  useEffect(() => {
    if (!active) return undefined;
    const place = ({ x, y }: Point): void => {
      const element = preview.current;
      if (element === null) return;
      const left = Math.min(x + 14, window.innerWidth - element.offsetWidth - 8);
      const top = Math.min(y + 12, window.innerHeight - element.offsetHeight - 8);
      element.style.translate = `${left}px ${top}px`;
      element.style.visibility = 'visible';
    };
    if (mode === 'pointer') place(dragPoint());
    return onDragMove(place);
  }, [active, mode]);

  if (payload === null) return null;
  return createPortal(
    <div ref={preview} className={styles.preview} data-verdict={verdict === null ? 'none' : verdict.allowed ? 'allowed' : 'refused'} aria-hidden>
      <span className={styles.what}>
        {payload.kind === 'files' ? <File /> : payload.kind === 'versions' ? <Bookmark /> : null}
        {payload.kind === 'alias' ? <span className={styles.alias}>{payload.alias}</span> : describePayload(payload)}
      </span>
      {verdict === null && payload.kind === 'files' && <span className={styles.says}>Log as a new version</span>}
      {verdict !== null && (
        <span className={styles.says}>
          {!verdict.allowed && <Ban />}
          {verdict.allowed ? verdict.effect : verdict.reason}
        </span>
      )}
    </div>,
    document.body,
  );
}
