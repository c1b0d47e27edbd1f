import { useState } from 'react';
import type { VersionId } from '#shared/contract/index.ts';
import { announce, Button } from '../../ui/index.ts';
import { Download, GripVertical } from '../../ui/icons.ts';
import { runCommand } from '../../app/api/index.ts';
import { bridge } from '../../app/bridge.ts';
import styles from './Logging.module.css';

type Ready = { readonly versionId: VersionId; readonly folder: string };

/** What was made ready in this session stays ready: a version's bytes never change. */
const prepared = new Map<VersionId, string>();

export type DragOutHandleProps = { readonly version: { readonly id: VersionId; readonly artifact: string; readonly index: number }; readonly size?: 'normal' | 'small' };

/**
 * A version's files out of the window: pressed, it writes them (verified) into a folder of its own; then it can be dragged into the file
 * manager. Two steps, because a native drag must know its files when it begins. The keyboard's way is “Export…”.
 */
export function DragOutHandle({ version, size = 'normal' }: DragOutHandleProps) {
  const [ready, setReady] = useState<Ready | null>(null);
  const [busy, setBusy] = useState(false);
  const folder = ready?.versionId === version.id ? ready.folder : prepared.get(version.id);

  const prepare = async (): Promise<void> => {
    setBusy(true);
    try {
      const place = await bridge().prepareDragOut();
      const written = await runCommand('versions.export', { id: version.id, folder: place }, { activity: `Preparing ${version.artifact} v${version.index}` });
      if (written === null) return;
      prepared.set(version.id, place);
      setReady({ versionId: version.id, folder: place });
      announce('The files are ready to be dragged out.');
    } finally {
      setBusy(false);
    }
  };

  if (folder === undefined) {
    return (
      <Button size={size} icon={Download} busy={busy} tooltip="Writes the files out, so that they can be dragged into the file manager" onClick={() => void prepare()}>
        Drag out…
      </Button>
    );
  }
  return (
    <span
      className={styles.dragOut}
      draggable
      role="img"
      aria-label={`Files of ${version.artifact} v${version.index}, ready to be dragged out`}
      onDragStart={(event) => {
        event.preventDefault();
        bridge().startDragOut(folder);
      }}
    >
      <GripVertical aria-hidden /> Drag the files
    </span>
  );
}
