import { useState } from 'react';
import type { FileNode, VersionId } from '#shared/contract/index.ts';
import { useOperation } from '../../../app/api/index.ts';
import { Lock } from '../../../ui/icons.ts';
import { firstBytes } from './kinds.ts';
import { NoPreview, PreviewFrame } from './PreviewFrame.tsx';

export type PreviewPaneProps = {
  readonly versionId: VersionId;
  readonly path: string | null;
  /** Why files can't be looked into here; null when they can. */
  readonly reason: string | null;
  readonly onExport: (node: FileNode) => void;
};

/** What the chosen file of a version holds. */
export function PreviewPane({ versionId, path, reason, onExport }: PreviewPaneProps) {
  if (path === null) return <NoPreview title="Choose a file" text="Its head is shown here: tables as tables, JSON in order, pictures, tensors by name and shape." />;
  if (reason !== null) return <NoPreview icon={Lock} title="No preview for your role" text={reason} />;
  return <FilePreview key={path} versionId={versionId} path={path} onExport={onExport} />;
}

function FilePreview({ versionId, path, onExport }: { readonly versionId: VersionId; readonly path: string; readonly onExport: PreviewPaneProps['onExport'] }) {
  const [maximumBytes, setMaximumBytes] = useState(() => firstBytes(path));
  const preview = useOperation('versions.preview', { id: versionId, path, maximumBytes }, { keepPrevious: true });
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    <PreviewFrame
      path={path}
      preview={preview}
      maximumBytes={maximumBytes}
      onMore={setMaximumBytes}
      onExport={() => onExport({ name, path, kind: 'file', size: preview.data?.size ?? 0, fileCount: 1, entry: null })}
    />
  );
}
