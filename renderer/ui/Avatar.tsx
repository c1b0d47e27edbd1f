import { classNames } from './class-names.ts';
import { initials } from './format.ts';
import { hueOf, hueStyle } from './hue.ts';
import styles from './marks.module.css';

export interface AvatarProps {
  readonly name: string;
  readonly size?: 'normal' | 'large';
  /** Write the name beside it. */
  readonly named?: boolean;
}

/** A person by initials and a hue of their own. Pictures would have to be fetched, so there are none. */
export function Avatar({ name, size = 'normal', named = false }: AvatarProps) {
  const disc = (
    <span
      className={classNames(styles.avatar, size === 'large' && styles.avatarLarge)}
      style={hueStyle(hueOf(name))}
      data-initials={initials(name)}
      {...(named ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name, title: name })}
    />
  );
  if (!named) return disc;
  return (
    <span className={styles.person}>
      {disc}
      <span className={styles.personName}>{name}</span>
    </span>
  );
}
