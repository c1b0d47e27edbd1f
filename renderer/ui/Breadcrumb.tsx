import type { ReactNode } from 'react';
import { ChevronRight, Ellipsis } from './icons.ts';
import { IconButton } from './Button.tsx';
import { Menu } from './Menu.tsx';
import styles from './frame.module.css';

export interface Crumb {
  readonly id: string;
  readonly label: string;
  /** Before the label: a registry's glyph, a type's icon. */
  readonly leading?: ReactNode;
  /** Goes there; the last crumb is where one is and has none. */
  readonly onOpen?: () => void;
}

/** Where this place is, and the way up: in little room behind one button, so that the name of the place itself can be read. */
export function Breadcrumb({ crumbs, label = 'Path' }: { readonly crumbs: readonly Crumb[]; readonly label?: string }) {
  return (
    <nav className={styles.breadcrumb} aria-label={label}>
      {crumbs.length > 1 && (
        <span className={styles.wayUp}>
          <Menu
            trigger={<IconButton icon={Ellipsis} size="small" label="The way up" />}
            items={crumbs.slice(0, -1).map((crumb) => ({ id: crumb.id, label: crumb.label, leading: crumb.leading, disabled: crumb.onOpen === undefined, onSelect: () => crumb.onOpen?.() }))}
          />
        </span>
      )}
      <ol className={styles.crumbs}>
        {crumbs.map((crumb, index) => {
          const last = index === crumbs.length - 1;
          const content = (
            <>
              {crumb.leading}
              <span className={styles.crumbText}>{crumb.label}</span>
            </>
          );
          return (
            <li key={crumb.id} className={styles.crumb} title={crumb.label}>
              {index > 0 && <ChevronRight aria-hidden />}
              {crumb.onOpen === undefined ? (
                <span className={styles.crumbName} aria-current={last ? 'page' : undefined}>
                  {content}
                </span>
              ) : (
                <button type="button" className={styles.crumbName} aria-current={last ? 'page' : undefined} onClick={crumb.onOpen}>
                  {content}
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
