import type { ReactNode } from 'react';
import type { VitrineError } from '#shared/contract/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { Button, copyText, EmptyState, formatBytes, IconButton, Size, SkeletonLines } from '../../../ui/index.ts';
import { Copy, Download, Eye, type Lock } from '../../../ui/icons.ts';
import { mostBytes, type Preview } from './kinds.ts';
import { PreviewContent } from './PreviewContent.tsx';
import styles from './Preview.module.css';

/** In place of a preview: that a file is to be chosen, or why none can be looked into. */
export function NoPreview({ icon = Eye, title, text }: { readonly icon?: typeof Lock; readonly title: string; readonly text: string }) {
  return (
    <aside className={styles.pane} aria-label="Preview">
      <EmptyState compact icon={icon} title={title} text={text} />
    </aside>
  );
}

export type PreviewFrameProps = {
  readonly path: string;
  /** What came of the file so far. */
  readonly preview: { readonly data: Preview | undefined; readonly error: VitrineError | null; readonly retry: () => void; /** More of it is under way. */ readonly previous: boolean };
  /** How many bytes were asked for. */
  readonly maximumBytes: number;
  readonly onMore: (maximumBytes: number) => void;
  readonly onExport: () => void;
};

/** A file’s name, what it holds as far as was read, and how to read more of it. */
export function PreviewFrame({ path, preview, maximumBytes, onMore, onExport }: PreviewFrameProps): ReactNode {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const { data } = preview;
  return (
    <aside className={styles.pane} aria-label={`Preview of ${name}`}>
      <div className={styles.head}>
        <div className={styles.titles}>
          <h2 className={styles.name} title={path}>
            {name}
          </h2>
          <span className={styles.dim}>{data === undefined ? '\u00a0' : <><Size bytes={data.size} />{data.mediaType === 'application/octet-stream' ? '' : `, ${data.mediaType}`}</>}</span>
        </div>
        <IconButton icon={Copy} size="small" label="Copy path" onClick={() => void copyText(path)} />
        <IconButton icon={Download} size="small" label="Export this file…" onClick={onExport} />
      </div>
      {preview.error !== null && data === undefined ? (
        <PlaceFailure error={preview.error} retry={preview.retry} compact />
      ) : data === undefined ? (
        <div className={styles.pad}>
          <SkeletonLines lines={10} />
        </div>
      ) : (
        <PreviewContent preview={data} />
      )}
      {data?.truncated === true && (
        <div className={styles.foot}>
          <span className={styles.dim}>
            The first {formatBytes(Math.min(maximumBytes, data.size))} of {formatBytes(data.size)}
          </span>
          {maximumBytes < mostBytes && (
            <Button size="small" busy={preview.previous} onClick={() => onMore(mostBytes)}>
              Show {formatBytes(Math.min(mostBytes, data.size))}
            </Button>
          )}
        </div>
      )}
    </aside>
  );
}
