import { Fragment } from 'react';
import { classNames } from './class-names.ts';
import { keyCaps } from './keyboard.ts';
import styles from './Kbd.module.css';

export interface KbdProps {
  /** A keys expression as in `keyboard.ts`: `$mod+k`, `g r`. */
  readonly keys: string;
  /** Without caps drawn around the keys: for menus and tooltips. */
  readonly plain?: boolean;
}

/** Keys as caps, in the signs of the platform. */
export function Kbd({ keys, plain = false }: KbdProps) {
  return (
    <kbd className={classNames(styles.keys, plain && styles.plain)}>
      {keyCaps(keys).map((caps, pressIndex) => (
        <Fragment key={pressIndex}>
          {pressIndex > 0 && <span className={styles.then}>then</span>}
          {plain ? (
            <span className={styles.cap}>{caps.join(caps.some((cap) => cap.length > 1) ? '+' : '')}</span>
          ) : (
            caps.map((cap, capIndex) => (
              <span key={capIndex} className={styles.cap}>
                {cap}
              </span>
            ))
          )}
        </Fragment>
      ))}
    </kbd>
  );
}
