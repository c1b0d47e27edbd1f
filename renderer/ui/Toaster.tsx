import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button, IconButton } from './Button.tsx';
import { classNames } from './class-names.ts';
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from './icons.ts';
import type { Icon } from './icons.ts';
import { dismissToast, readToasts, subscribeToToasts } from './toasts.ts';
import type { Toast, ToastTone } from './toasts.ts';
import styles from './Toaster.module.css';

const TONE_ICONS: Readonly<Record<ToastTone, Icon>> = { plain: Info, good: CircleCheck, caution: TriangleAlert, danger: CircleAlert };

/** The toasts in sight, at the lower right. Mounted once, by `UiProvider`. Their time stands still under the pointer or with focus. */
export function Toaster() {
  const toasts = useSyncExternalStore(subscribeToToasts, readToasts);
  const [held, setHeld] = useState(false);
  return (
    <section
      className={styles.region}
      aria-label="Notifications"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} held={held} />
      ))}
    </section>
  );
}

function ToastCard({ toast, held }: { readonly toast: Toast; readonly held: boolean }) {
  const { id, duration, tone, action, secondAction } = toast;
  useEffect(() => {
    if (held || duration === 0) return undefined;
    const timer = setTimeout(() => dismissToast(id), duration);
    return () => clearTimeout(timer);
  }, [id, duration, held]);
  const ToneIcon = TONE_ICONS[tone];
  return (
    <div className={classNames(styles.toast, styles[tone])} data-tone={tone}>
      <ToneIcon aria-hidden />
      <div className={styles.words}>
        <div>{toast.message}</div>
        {toast.detail !== undefined && <div className={styles.detail}>{toast.detail}</div>}
        {toast.moreDetail !== undefined && (
          <details className={styles.more}>
            <summary>Details</summary>
            <pre>{toast.moreDetail}</pre>
          </details>
        )}
      </div>
      <div className={styles.acts}>
        {[secondAction, action].map(
          (act) =>
            act !== undefined && (
              <Button
                key={act.label}
                size="small"
                onClick={() => {
                  dismissToast(id);
                  void act.onAct();
                }}
              >
                {act.label}
              </Button>
            ),
        )}
      </div>
      <IconButton icon={X} label="Dismiss" size="small" onClick={() => dismissToast(id)} />
    </div>
  );
}
