import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { announce } from './announce.ts';
import { IconButton } from './Button.tsx';
import { classNames } from './class-names.ts';
import { copyText } from './clipboard.ts';
import { Check, Copy } from './icons.ts';
import styles from './CodeBlock.module.css';

/** A button that copies `text` and says so. */
export function CopyButton({ text, label = 'Copy', size = 'small' }: { readonly text: string; readonly label?: string; readonly size?: 'normal' | 'small' }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1_400);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      icon={copied ? Check : Copy}
      label={copied ? 'Copied' : label}
      size={size}
      onClick={() => {
        void copyText(text).then((worked) => {
          setCopied(worked);
          announce(worked ? 'Copied' : 'It couldn’t be copied', worked ? 'polite' : 'assertive');
        });
      }}
    />
  );
}

export interface CodeBlockProps {
  readonly code: string;
  /** Heading: a language or a file name. Without it the copy button floats at the corner. */
  readonly title?: ReactNode;
  /** Break long lines instead of scrolling. */
  readonly wrap?: boolean;
  readonly className?: string;
}

/** Code as it is, with a button that copies exactly that. */
export function CodeBlock({ code, title, wrap = false, className }: CodeBlockProps) {
  const copy = <CopyButton text={code} label="Copy the code" />;
  return (
    <div className={classNames(styles.block, title === undefined && styles.bare, wrap && styles.wrap, className)}>
      {title !== undefined ? (
        <div className={styles.head}>
          <span>{title}</span>
          {copy}
        </div>
      ) : (
        <span className={styles.float}>{copy}</span>
      )}
      {/* Focusable, so that the keyboard can scroll what is wider than its place. */}
      <pre className={styles.code} tabIndex={0} role="group" aria-label={typeof title === 'string' ? title : 'Code'}>
        <code>{code}</code>
      </pre>
    </div>
  );
}
