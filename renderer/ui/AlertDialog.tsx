import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import { useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { classNames } from './class-names.ts';
import { Field } from './Field.tsx';
import { useFocusReturn } from './focus-return.ts';
import { Input } from './Input.tsx';
import styles from './Dialog.module.css';
import { wrapTab } from './wrap-tab.ts';

export interface AlertDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The question, with the name of what it is about: "Delete mini-lm v3 for good?" */
  readonly title: ReactNode;
  /** What can't be undone about it, in a sentence. */
  readonly description?: ReactNode;
  /** The true consequence, in numbers, one per line: "Frees 3.20 GiB", "2 aliases go: production, latest". */
  readonly consequences?: readonly ReactNode[];
  /** The verb on the button: "Delete 3 versions". */
  readonly confirmLabel: string;
  readonly cancelLabel?: string;
  /** `danger` for what destroys (default), `primary` for what merely needs a second thought. */
  readonly tone?: 'danger' | 'primary';
  /** The person must write this before the button works. */
  readonly typeToConfirm?: string;
  /** May be asynchronous: the dialog stays, busy, until it resolves; if it rejects it stays open for `error`. */
  readonly onConfirm: () => void | Promise<void>;
  /** Why the last try failed. */
  readonly error?: ReactNode;
}

/** Asks once before what can't be undone. Focus starts on the button that does nothing. */
export function AlertDialog({
  open,
  onOpenChange,
  title,
  description,
  consequences = [],
  confirmLabel,
  cancelLabel = 'Cancel',
  tone = 'danger',
  typeToConfirm,
  onConfirm,
  error,
}: AlertDialogProps) {
  const [busy, setBusy] = useState(false);
  const [written, setWritten] = useState('');
  const descriptionId = useId();
  const cancel = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  useFocusReturn(open, popup);
  const blocked = typeToConfirm !== undefined && written !== typeToConfirm;

  const confirm = async () => {
    if (blocked || busy) return;
    setBusy(true);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch {
      // The caller shows what went wrong through `error`; the question stays.
    } finally {
      setBusy(false);
    }
  };

  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!busy) onOpenChange(next);
      }}
      onOpenChangeComplete={(isOpen) => {
        if (!isOpen) setWritten('');
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={classNames(styles.popup, styles.narrow)} ref={popup} initialFocus={cancel} finalFocus={false} aria-describedby={descriptionId} onKeyDown={wrapTab}>
          <header className={styles.head}>
            <div className={styles.titles}>
              <Base.Title className={styles.title}>{title}</Base.Title>
            </div>
          </header>
          <div id={descriptionId} className={styles.body}>
            {description !== undefined && <p className={styles.description}>{description}</p>}
            {consequences.length > 0 && (
              <ul className={styles.consequences}>
                {consequences.map((consequence, index) => (
                  <li key={index}>
                    <span>{consequence}</span>
                  </li>
                ))}
              </ul>
            )}
            {typeToConfirm !== undefined && (
              <Field
                className={styles.confirmField}
                label={
                  <>
                    Write <code>{typeToConfirm}</code> to go on
                  </>
                }
              >
                <Input value={written} onValueChange={setWritten} mono onKeyDown={(event) => event.key === 'Enter' && void confirm()} />
              </Field>
            )}
            {error !== undefined && error !== null && (
              <div className={styles.error} role="alert">
                {error}
              </div>
            )}
          </div>
          <footer className={styles.foot}>
            <Base.Close render={<Button ref={cancel}>{cancelLabel}</Button>} />
            <Button variant={tone} busy={busy} disabled={blocked} onClick={() => void confirm()}>
              {confirmLabel}
            </Button>
          </footer>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
