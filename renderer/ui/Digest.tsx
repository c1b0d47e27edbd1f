import { useEffect, useState } from 'react';
import { announce } from './announce.ts';
import { classNames } from './class-names.ts';
import { copyText } from './clipboard.ts';
import { shortDigest } from './format.ts';
import { Check } from './icons.ts';
import styles from './marks.module.css';

export interface DigestProps {
  /** The whole digest, with or without `sha256:` before it. */
  readonly digest: string;
  /** Whether Tab stops at it; in tables it doesn't. */
  readonly focusable?: boolean;
}

/** The first eight characters of a digest; a click copies all of it, hovering shows it. */
export function Digest({ digest, focusable = true }: DigestProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1_400);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      tabIndex={focusable ? undefined : -1}
      className={classNames(styles.digest, copied && styles.copied)}
      title={digest}
      aria-label={`Digest ${shortDigest(digest)}, copy`}
      onClick={(event) => {
        event.stopPropagation();
        void copyText(digest).then((worked) => {
          setCopied(worked);
          announce(worked ? 'Digest copied' : 'The digest couldn’t be copied', worked ? 'polite' : 'assertive');
        });
      }}
    >
      {copied ? 'copied' : shortDigest(digest)}
      {copied && <Check aria-hidden />}
    </button>
  );
}
