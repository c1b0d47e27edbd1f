import { useSyncExternalStore } from 'react';
import { Dialog } from './Dialog.tsx';
import { Kbd } from './Kbd.tsx';
import { listShortcuts, subscribeToShortcuts } from './keyboard.ts';
import type { Shortcut } from './keyboard.ts';
import styles from './ShortcutList.module.css';

/** Every shortcut that can be pressed now, under its headings; the dialog behind `?`. */
export function ShortcutDialog({ open, onOpenChange }: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }) {
  const shortcuts = useSyncExternalStore(subscribeToShortcuts, listShortcuts);
  const groups = new Map<string, Shortcut[]>();
  for (const shortcut of shortcuts) {
    const group = groups.get(shortcut.group);
    if (group === undefined) groups.set(shortcut.group, [shortcut]);
    else group.push(shortcut);
  }
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" width="wide">
      <div className={styles.columns}>
        {[...groups].map(([heading, entries]) => (
          <section key={heading} className={styles.group}>
            <h3 className={styles.heading}>{heading}</h3>
            <dl>
              {entries.map((shortcut) => (
                <div key={shortcut.id} className={styles.line}>
                  <dt>{shortcut.description}</dt>
                  <dd>
                    <Kbd keys={shortcut.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
