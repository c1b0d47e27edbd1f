import type { LineageNode } from '#shared/contract/index.ts';
import { hueStyle } from '../../../ui/hue.ts';
import { Trash2 } from '../../../ui/icons.ts';
import { StatusDot } from '../../../ui/StatusDot.tsx';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { describeNode, isDeleted, nodeName, runTones, typeHue } from '../view/nodeWords.ts';
import styles from './NodeWord.module.css';

export type NodeWordProps = {
  readonly node: LineageNode;
  /** A press leads to it in the graph. */
  readonly onGoTo?: (key: string) => void;
  /** With the project, where several are spoken of. */
  readonly withProject?: boolean;
};

/** A node within a line of text. */
export function NodeWord({ node, onGoTo, withProject = false }: NodeWordProps) {
  const face = (
    <>
      {isDeleted(node) ? (
        <Trash2 aria-hidden className={styles.icon} />
      ) : node.kind === 'version' ? (
        <TypeIcon type={node.type} className={styles.icon} />
      ) : (
        <StatusDot tone={runTones[node.state]} label={node.state} wordless />
      )}
      <span className={styles.name}>
        {withProject && <span className={styles.dim}>{node.project}/</span>}
        {nodeName(node)}
      </span>{' '}
      {node.kind === 'version' && <span className={styles.number}>v{node.index}</span>}
    </>
  );
  const style = node.kind === 'version' ? hueStyle(typeHue(node.type)) : undefined;
  return onGoTo === undefined ? (
    <span className={styles.word} style={style}>
      {face}
    </span>
  ) : (
    <button type="button" className={styles.word} style={style} aria-label={describeNode(node)} title={`${node.entity}/${node.project}`} onClick={() => onGoTo(node.key)}>
      {face}
    </button>
  );
}
