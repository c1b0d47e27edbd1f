import { classNames } from './class-names.ts';
import { Box, Brain, Database } from './icons.ts';
import styles from './marks.module.css';

export interface TypeIconProps {
  /** The artifact type; `model` and `dataset` have a drawing of their own. */
  readonly type: string;
  readonly className?: string;
  /** Leave it out when the type's name stands beside it. */
  readonly label?: string;
}

/** The icon of an artifact type: model, dataset, or anything else. */
export function TypeIcon({ type, className, label }: TypeIconProps) {
  const Drawing = type === 'model' ? Brain : type === 'dataset' ? Database : Box;
  return <Drawing className={classNames(styles.type, className)} {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })} />;
}
