import { Dialog as Base } from '@base-ui/react/dialog';
import { useRef } from 'react';
import type { FormEvent, ReactNode, RefObject } from 'react';
import { IconButton } from './Button.tsx';
import { classNames } from './class-names.ts';
import { useFocusReturn } from './focus-return.ts';
import { X } from './icons.ts';
import styles from './Dialog.module.css';
import { wrapTab } from './wrap-tab.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** 400, 480, 720 or 1040 px. */
  readonly width?: 'narrow' | 'normal' | 'wide' | 'huge';
  /** Buttons, at the right; the one that acts comes last. */
  readonly actions?: ReactNode;
  /** Quiet words at the left of the buttons. */
  readonly footnote?: ReactNode;
  /** Given, the dialog is a form: Enter submits it. The acting button has `type="submit"`. */
  readonly onSubmit?: () => void;
  /** Where focus goes first; by default the first field or button of the body. */
  readonly initialFocus?: RefObject<HTMLElement | null>;
  /** Pressing outside leaves it open: for forms with work in them. */
  readonly keepOnOutsidePress?: boolean;
  readonly children?: ReactNode;
}

/** A modal dialog. Escape and the cross close it; focus goes back to where it was. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  width = 'normal',
  actions,
  footnote,
  onSubmit,
  initialFocus,
  keepOnOutsidePress = false,
  children,
}: DialogProps) {
  const popup = useRef<HTMLDivElement>(null);
  useFocusReturn(open, popup);
  // With nothing to fill in or press, focus goes to the dialog itself: on the cross its tooltip would open and take the first Escape.
  const firstFocus = (): HTMLElement | null | true => (popup.current?.querySelector('[data-dialog-body] :is(a, button, input, select, textarea, [tabindex]), [data-dialog-foot] button') === null ? popup.current : true);
  const content = (
    <>
      <header className={styles.head}>
        <div className={styles.titles}>
          <Base.Title className={styles.title}>{title}</Base.Title>
          {description !== undefined && <Base.Description className={styles.description}>{description}</Base.Description>}
        </div>
      </header>
      <div className={styles.body} data-dialog-body="">{children}</div>
      {(actions !== undefined || footnote !== undefined) && (
        <footer className={styles.foot} data-dialog-foot="">
          {footnote !== undefined && <div className={styles.aside}>{footnote}</div>}
          {actions}
        </footer>
      )}
    </>
  );
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)} disablePointerDismissal={keepOnOutsidePress}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup
          className={classNames(styles.popup, width !== 'normal' && styles[width])}
          ref={popup}
          onKeyDown={wrapTab}
          initialFocus={initialFocus ?? firstFocus}
          finalFocus={false}
        >
          {onSubmit === undefined ? (
            content
          ) : (
            // Inside, not in place of the dialog: a form can't be one.
            <form
              className={styles.form}
              noValidate
              onSubmit={(event: FormEvent) => {
                event.preventDefault();
                event.stopPropagation();
                onSubmit();
              }}
            >
              {content}
            </form>
          )}
          <span className={styles.close}>
            <Base.Close render={<IconButton icon={X} label="Close" size="small" keys="Escape" />} />
          </span>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
