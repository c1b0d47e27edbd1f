import { lazy, Suspense, useMemo, useState } from 'react';
import { Button } from './Button.tsx';
import { classNames } from './class-names.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { formatBytes } from './format.ts';
import { List } from './List.tsx';
import { plainLines, prepareMarkdown } from './markdown-policy.ts';
import { SkeletonLines } from './Skeleton.tsx';
import styles from './Markdown.module.css';

// The parser is large and most places have no card: it comes when the first one does.
const Rendered = lazy(() => import('./MarkdownRendered.tsx').then(({ MarkdownRendered }) => ({ default: MarkdownRendered })));

export interface MarkdownProps {
  readonly source: string;
  /** Called with http, https, mailto and vitrine addresses; nothing opens by itself. */
  readonly onOpenLink: (href: string) => void;
  readonly className?: string;
}

/**
 * Markdown written by others: hostile until proven otherwise. Raw HTML stays text, links are handed to the caller,
 * pictures from elsewhere are links (nothing is fetched), long or absurdly nested text is shown plainly.
 */
export function Markdown({ source, onOpenLink, className }: MarkdownProps) {
  const prepared = useMemo(() => prepareMarkdown(source), [source]);
  const [plainFor, setPlainFor] = useState<string | undefined>(undefined);
  const plain = prepared.tooDeep || plainFor === source;
  if (plain) {
    return (
      <div className={className}>
        {prepared.tooDeep ? (
          <div className={styles.notice}>This text is nested too deeply to be laid out, so it is shown as it was written.</div>
        ) : (
          <div className={styles.notice}>
            Shown as it was written.
            <Button size="small" variant="quiet" onClick={() => setPlainFor(undefined)}>
              Back to the laid-out beginning
            </Button>
          </div>
        )}
        <PlainText source={source} />
      </div>
    );
  }
  return (
    <div className={className}>
      {prepared.omitted > 0 && (
        <div className={styles.notice}>
          This text is {formatBytes(source.length)} long; its first {formatBytes(prepared.text.length)} are laid out.
          <Button size="small" onClick={() => setPlainFor(source)}>
            Show all as plain text
          </Button>
        </div>
      )}
      <ErrorBoundary resetKey={prepared.text} fallback={() => <PlainText source={source} />}>
        <Suspense fallback={<SkeletonLines lines={linesOf(prepared.text)} label="Laying out the text" />}>
          <Rendered text={prepared.text} onOpenLink={onOpenLink} />
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}

/** About as many lines as it will have, so that what stands below does not jump once it is laid out. */
function linesOf(text: string): number {
  return Math.max(1, Math.min(6, text.split('\n', 12).filter((line) => line.trim() !== '').length));
}

const LINE_HEIGHT = 19;

/** Text of any length as it is, line by line. */
export function PlainText({ source, label = 'Text', className }: { readonly source: string; readonly label?: string; readonly className?: string }) {
  const lines = useMemo(() => plainLines(source), [source]);
  return (
    <div className={classNames(styles.plain, className)}>
      <List
        label={label}
        itemCount={lines.length}
        getItem={(index) => lines[index]}
        getItemId={(line) => line}
        itemHeight={LINE_HEIGHT}
        renderItem={(line) => <span className={styles.line}>{line}</span>}
      />
    </div>
  );
}
