import { memo } from 'react';
import type { Node, NodeProps } from '@xyflow/react';
import { useStore } from 'zustand';
import type { LevelOfDetail, LineageDrawnNode, LineageGroupNode, LineageRunNode, LineageVersionNode } from '#shared/lineage/index.ts';
import { AliasChips } from '../../../ui/AliasChip.tsx';
import { classNames } from '../../../ui/class-names.ts';
import { formatCount, formatQuantity } from '../../../ui/format.ts';
import { hueStyle } from '../../../ui/hue.ts';
import { ChevronDown, ChevronLeft, ChevronRight, ChevronUp, Layers, Pin, Plus, Trash2 } from '../../../ui/icons.ts';
import { RegistryGlyph } from '../../../ui/RegistryGlyph.tsx';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import { Size } from '../../../ui/Size.tsx';
import { StatusDot } from '../../../ui/StatusDot.tsx';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { briefLength, isDeleted, runLength, runTones, typeHue } from './nodeWords.ts';
import type { GraphStore } from './store.ts';
import styles from './Cards.module.css';

export type CardData = {
  readonly node: LineageDrawnNode;
  readonly store: GraphStore;
  readonly detail: LevelOfDetail;
  readonly down: boolean;
  readonly actions: CardActions;
};

/** What cards can ask for; one object for all cards, so that they stay memoised. */
export type CardActions = {
  readonly expand: (key: string, direction: 'upstream' | 'downstream') => void;
  readonly openGroup: (key: string) => void;
  readonly press: (event: React.PointerEvent, node: LineageDrawnNode) => void;
};

export type CardNode = Node<CardData & Record<string, unknown>, 'card'>;

/** One card. Everything it shows comes from its data; hovering and selection from the graph's own store, by its key alone. */
export const Card = memo(function Card({ data }: NodeProps<CardNode>) {
  const { node, store, detail, down, actions } = data;
  const emphasis = useStore(store, (state) => (state.lit === null ? undefined : state.lit.has(node.key) ? 'lit' : 'dim'));
  const selected = useStore(store, (state) => state.selected === node.key);
  const matches = useStore(store, (state) => state.matches.has(node.key));
  const isRoot = useStore(store, (state) => state.roots.has(node.key));
  const isPinned = useStore(store, (state) => state.pinned.has(node.key));
  const plain = detail !== 'cards';
  return (
    <>
      <div
        className={classNames(styles.card, styles[node.kind])}
        data-emphasis={emphasis}
        data-selected={selected || undefined}
        data-match={matches || undefined}
        data-root={isRoot || undefined}
        data-plain={plain || undefined}
        data-deleted={isDeleted(node) || undefined}
        data-between={(node.kind !== 'group' && node.between === true) || undefined}
        style={node.kind === 'version' ? hueStyle(typeHue(node.type)) : undefined}
        onPointerDown={(event) => actions.press(event, node)}
      >
        <CardFace node={node} plain={plain} actions={actions} />
      </div>
      {isPinned && (
        <span className={styles.pin} title="Pinned: it stays whatever is filtered or gathered">
          <Pin aria-hidden />
        </span>
      )}
      {node.kind !== 'group' && !plain && (
        <>
          <ExpandButton count={node.hiddenUpstream} direction="upstream" down={down} nodeKey={node.key} actions={actions} />
          <ExpandButton count={node.hiddenDownstream} direction="downstream" down={down} nodeKey={node.key} actions={actions} />
        </>
      )}
    </>
  );
});

function CardFace({ node, plain, actions }: { readonly node: LineageDrawnNode; readonly plain: boolean; readonly actions: CardActions }) {
  switch (node.kind) {
    case 'version':
      return <VersionFace node={node} plain={plain} />;
    case 'run':
      return <RunFace node={node} plain={plain} />;
    case 'group':
      return <GroupFace node={node} actions={actions} />;
  }
}

function VersionFace({ node, plain }: { readonly node: LineageVersionNode; readonly plain: boolean }) {
  const registries = [...new Map(node.links.map((link) => [link.registryId, link])).values()];
  // Aliases given in a registry stand on its cards too; the artifact's own come first.
  const chips = [...node.aliases, ...node.links.flatMap((link) => link.aliases)];
  const aliases = [...new Set(chips.map((chip) => chip.name))];
  const isProtected = (alias: string): boolean => chips.some((chip) => chip.name === alias && chip.protected);
  return (
    <>
      <div className={styles.top}>
        <span className={styles.tile}>
          {node.state === 'deleted' ? <Trash2 aria-hidden /> : <TypeIcon type={node.type} className={styles.typeIcon} />}
        </span>
        <div className={styles.words}>
          <div className={styles.title}>
            <span className={styles.name} title={`${node.entity}/${node.project}/${node.artifact}`}>
              {node.artifact}
            </span>
            <span className={styles.number}>v{node.index}</span>
          </div>
          {!plain && (
            <div className={styles.facts}>
              {node.state === 'deleted' ? <span>Deleted</span> : <Size bytes={node.size} />}
              <span aria-hidden>·</span>
              <RelativeTime time={node.createdAt} />
            </div>
          )}
        </div>
        {plain && registries[0] !== undefined && <RegistryGlyph name={registries[0].registry} glyph={registries[0].glyph} hue={registries[0].hue} />}
      </div>
      {!plain && (aliases.length > 0 || registries.length > 0) && (
        <div className={styles.chips}>
          {aliases.length > 0 && <AliasChips aliases={aliases} isProtected={isProtected} most={registries.length > 0 ? 1 : 2} />}
          <span className={styles.marks}>
            {registries.slice(0, 3).map((link) => (
              <span key={link.registryId} title={`Linked in ${link.registry} / ${link.collection}`}>
                <RegistryGlyph name={link.registry} glyph={link.glyph} hue={link.hue} size="small" labelled />
              </span>
            ))}
            {aliases.length === 0 && registries[0] !== undefined && <span className={styles.collection}>{registries[0].collection}</span>}
            {registries.length > 3 && <span className={styles.more}>+{registries.length - 3}</span>}
          </span>
        </div>
      )}
    </>
  );
}

function RunFace({ node, plain }: { readonly node: LineageRunNode; readonly plain: boolean }) {
  return (
    <div className={styles.run1}>
      {node.deleted === true ? <Trash2 aria-hidden className={styles.runGone} /> : <StatusDot tone={runTones[node.state]} label={node.state} wordless busy={node.state === 'running'} />}
      <span className={styles.name} title={node.jobType === null ? node.displayName : `${node.displayName} (${node.jobType})`}>
        {node.displayName}
      </span>
      {!plain && (
        <span className={styles.length} title={runLength(node)}>
          {node.deleted === true ? 'deleted' : briefLength(node)}
        </span>
      )}
    </div>
  );
}

function GroupFace({ node, actions }: { readonly node: LineageGroupNode; readonly actions: CardActions }) {
  return (
    <div className={styles.top}>
      <span className={styles.tile}>
        <Layers aria-hidden className={styles.typeIcon} />
      </span>
      <div className={styles.words}>
        <div className={styles.title}>
          <span className={styles.name} title={node.label}>
            {node.label}
          </span>
        </div>
        <div className={styles.facts}>
          <span>
            {[
              ...(node.versionCount > 0 ? [formatQuantity(node.versionCount, 'version')] : []),
              ...(node.runCount > 0 ? [formatQuantity(node.runCount, 'run')] : []),
            ].join(', ')}
          </span>
        </div>
      </div>
      <button
        type="button"
        tabIndex={-1}
        className={classNames(styles.open, 'nopan')}
        aria-label={`Open ${node.label}`}
        title="Open the group"
        onClick={() => actions.openGroup(node.key)}
      >
        <Plus aria-hidden />
      </button>
    </div>
  );
}

type ExpandProps = {
  readonly count: number;
  readonly direction: 'upstream' | 'downstream';
  readonly down: boolean;
  readonly nodeKey: string;
  readonly actions: CardActions;
};

/** What more there is beyond the graph's edge; brings one more step. Its keyboard twin is in the node's menu and on [ and ]. */
function ExpandButton({ count, direction, down, nodeKey, actions }: ExpandProps) {
  if (count === 0) return null;
  const words = `Show ${formatQuantity(count, 'more node')} ${direction}`;
  const Arrow = direction === 'upstream' ? (down ? ChevronUp : ChevronLeft) : down ? ChevronDown : ChevronRight;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classNames(styles.expand, 'nopan')}
      data-side={direction === 'upstream' ? (down ? 'top' : 'left') : down ? 'bottom' : 'right'}
      aria-label={words}
      title={words}
      onClick={(event) => {
        event.stopPropagation();
        actions.expand(nodeKey, direction);
      }}
    >
      {direction === 'upstream' && <Arrow aria-hidden />}
      {formatCount(count)}
      {direction === 'downstream' && <Arrow aria-hidden />}
    </button>
  );
}
