import { useMemo } from 'react';
import type { LineageDrawnNode, LineageEdge, LineageGraph, LineageNode } from '#shared/lineage/index.ts';
import { runCommand } from '../../../app/api/index.ts';
import { barred, useWhyNot } from '../../../app/rights.ts';
import { PlaceLink, placeOf } from '../../../app/routes/index.ts';
import { AliasChips } from '../../../ui/AliasChip.tsx';
import { Badge } from '../../../ui/Badge.tsx';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatCount, formatQuantity } from '../../../ui/format.ts';
import { MousePointer2, Pin, Plus, Unlink } from '../../../ui/icons.ts';
import { RegistryGlyph } from '../../../ui/RegistryGlyph.tsx';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import { Size } from '../../../ui/Size.tsx';
import { StatusDot } from '../../../ui/StatusDot.tsx';
import { TagChip } from '../../../ui/TagChip.tsx';
import { idOfKey, placeOfNode } from '../nodes.ts';
import { isDeleted, nodeName, runLength, runTones } from '../view/nodeWords.ts';
import { NodeWord } from './NodeWord.tsx';
import styles from './Details.module.css';

export type DetailsProps = {
  readonly node: LineageDrawnNode | null;
  /** Before anything was gathered. */
  readonly graph: LineageGraph;
  readonly pinned: boolean;
  readonly onPin: (key: string) => void;
  readonly onGoTo: (key: string) => void;
  readonly onOpenGroup: (key: string) => void;
  readonly onAddEdge: (ends: { readonly from?: string; readonly to?: string }) => void;
};

/** What is known of the selected node: itself, and each edge with who said so. */
export function Details({ node, graph, pinned, onPin, onGoTo, onOpenGroup, onAddEdge }: DetailsProps) {
  if (node === null) return <EmptyState compact icon={MousePointer2} title="Nothing is selected" text="Select a node: here stand what it is, its edges, and where each edge comes from." />;
  if (node.kind === 'group') return <Group node={node} graph={graph} onGoTo={onGoTo} onOpenGroup={onOpenGroup} />;
  return (
    <div className={styles.details}>
      <header className={styles.head}>
        <PlaceLink to={placeOfNode(node)} className={styles.name}>
          {nodeName(node)} {node.kind === 'version' && <span className={styles.number}>v{node.index}</span>}
        </PlaceLink>
        <IconButton icon={Pin} size="small" label={pinned ? 'Unpin' : 'Pin'} aria-pressed={pinned} onClick={() => onPin(node.key)} />
      </header>
      {isDeleted(node) && <p className={styles.gone}>Deleted. Its place in the lineage stays.</p>}
      <Facts node={node} />
      <Edges title="Came from" none="Nothing is known of where it came from." edges={graph.edges.filter((edge) => edge.to === node.key)} end="from" hidden={node.hiddenUpstream} graph={graph} onGoTo={onGoTo} onAdd={() => onAddEdge({ to: node.key })} />
      <Edges title="Went into" none="Nothing is known of what came of it." edges={graph.edges.filter((edge) => edge.from === node.key)} end="to" hidden={node.hiddenDownstream} graph={graph} onGoTo={onGoTo} onAdd={() => onAddEdge({ from: node.key })} />
    </div>
  );
}

function Facts({ node }: { readonly node: LineageNode }) {
  return (
    <dl className={styles.facts}>
      <Fact name="Project">
        <PlaceLink to={placeOf.project(node.entity, node.project)}>
          {node.entity}/{node.project}
        </PlaceLink>
      </Fact>
      {node.kind === 'version' ? (
        <>
          <Fact name="Type">{node.type}</Fact>
          <Fact name="Size">
            <Size bytes={node.size} />
          </Fact>
          {node.aliases.length > 0 && (
            <Fact name="Aliases">
              <AliasChips aliases={node.aliases.map((alias) => alias.name)} isProtected={(name) => node.aliases.some((alias) => alias.name === name && alias.protected)} most={20} wrap />
            </Fact>
          )}
          {node.links.length > 0 && (
            <Fact name="Linked in">
              <span className={styles.links}>
                {node.links.map((link) => (
                  <span key={link.linkId} className={styles.link}>
                    <span className={styles.where}>
                      <RegistryGlyph name={link.registry} glyph={link.glyph} hue={link.hue} size="small" />
                      <PlaceLink to={placeOf.link(link)}>
                        {link.registry} / {link.collection} v{link.index}
                      </PlaceLink>
                    </span>
                    <AliasChips aliases={link.aliases.map((alias) => alias.name)} isProtected={(name) => link.aliases.some((alias) => alias.name === name && alias.protected)} most={3} />
                  </span>
                ))}
              </span>
            </Fact>
          )}
        </>
      ) : (
        <>
          <Fact name="State">
            <StatusDot tone={runTones[node.state]} label={node.state} />
          </Fact>
          {node.durationSeconds !== null && <Fact name="Took">{runLength(node)}</Fact>}
          {node.jobType !== null && <Fact name="Kind of job">{node.jobType}</Fact>}
          {node.group !== undefined && <Fact name="Group">{node.group}</Fact>}
        </>
      )}
      {node.tags !== undefined && node.tags.length > 0 && (
        <Fact name="Tags">
          <span className={styles.tags}>
            {node.tags.map((tag) => (
              <TagChip key={tag} tag={tag} />
            ))}
          </span>
        </Fact>
      )}
      <Fact name={node.kind === 'version' ? 'Logged' : 'Started'}>
        <RelativeTime time={node.createdAt} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const sources = { sdk: 'reported by the run', sync: 'from a sync or import', manual: 'by hand' } as const;
/** Lists grow with what a dataset's uses are: what is beyond is in the graph and the tree. */
const listed = 200;

type EdgesProps = {
  readonly title: string;
  readonly none: string;
  readonly edges: readonly LineageEdge[];
  readonly end: 'from' | 'to';
  readonly hidden: number;
  readonly graph: LineageGraph;
  readonly onGoTo: (key: string) => void;
  readonly onAdd: () => void;
};

function Edges({ title, none, edges, end, hidden, graph, onGoTo, onAdd }: EdgesProps) {
  const byKey = useMemo(() => new Map(graph.nodes.map((node) => [node.key, node])), [graph]);
  const whyNot = useWhyNot();
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.sectionHead}>
        <h2>
          {title} {edges.length > 0 && <span className={styles.dim}>{formatCount(edges.length)}</span>}
        </h2>
        <IconButton icon={Plus} size="small" label={`${title}: add an edge by hand…`} {...barred(whyNot('lineage.link', 'somewhere'))} onClick={onAdd} />
      </div>
      {edges.length === 0 && hidden === 0 && <p className={styles.dim}>{none}</p>}
      <ul className={styles.edges}>
        {edges.slice(0, listed).map((edge) => {
          const other = byKey.get(edge[end]);
          return other === undefined ? null : <EdgeLine key={`${edge[end]} ${edge.relation}`} edge={edge} other={other} onGoTo={onGoTo} reason={whyNot('lineage.unlink', { team: (edge.to === other.key ? other : (byKey.get(edge.to) ?? other)).entity })} />;
        })}
      </ul>
      {edges.length > listed && <p className={styles.dim}>And {formatQuantity(edges.length - listed, 'more edge')} in the graph.</p>}
      {hidden > 0 && <p className={styles.dim}>{formatQuantity(hidden, 'more node')} not shown.</p>}
    </section>
  );
}

function EdgeLine({ edge, other, onGoTo, reason }: { readonly edge: LineageEdge; readonly other: LineageNode; readonly onGoTo: (key: string) => void; readonly reason: string | null }) {
  const byHand = edge.provenance === 'manual';
  return (
    <li className={styles.edge}>
      <div className={styles.edgeLine}>
        <NodeWord node={other} onGoTo={onGoTo} />
        {edge.usedAs !== undefined && edge.usedAs !== '' && <Badge title="The name under which the run used it">as {edge.usedAs}</Badge>}
        {byHand && (
          <IconButton
            icon={Unlink}
            size="small"
            label={`Remove the edge ${edge.from === other.key ? 'from' : 'to'} ${nodeName(other)}`}
            {...barred(reason)}
            onClick={() => void runCommand('lineage.unlink', { from: idOfKey(edge.from), to: idOfKey(edge.to) })}
          />
        )}
      </div>
      <div className={styles.source} data-provenance={edge.provenance}>
        {edge.relation === 'manual' ? 'made from it' : edge.relation}, {sources[edge.provenance]}
        {edge.byHand !== undefined && (
          <>
            {' of '}
            {edge.byHand.by}, <RelativeTime time={edge.byHand.at} />
          </>
        )}
      </div>
      {edge.byHand !== undefined && edge.byHand.reason !== '' && <p className={styles.reason}>{edge.byHand.reason}</p>}
    </li>
  );
}

function Group({ node, graph, onGoTo, onOpenGroup }: { readonly node: Extract<LineageDrawnNode, { kind: 'group' }>; readonly graph: LineageGraph; readonly onGoTo: (key: string) => void; readonly onOpenGroup: (key: string) => void }) {
  const members = useMemo(() => {
    const keys = new Set(node.memberKeys);
    return graph.nodes.filter((one) => keys.has(one.key));
  }, [node, graph]);
  return (
    <div className={styles.details}>
      <header className={styles.head}>
        <span className={styles.name}>{node.label}</span>
        <Button size="small" onClick={() => onOpenGroup(node.key)}>
          Open the group
        </Button>
      </header>
      <section className={styles.section} aria-label="In it">
        <h2>
          In it <span className={styles.dim}>{[...(node.versionCount > 0 ? [formatQuantity(node.versionCount, 'version')] : []), ...(node.runCount > 0 ? [formatQuantity(node.runCount, 'run')] : [])].join(', ')}</span>
        </h2>
        <ul className={styles.edges}>
          {members.slice(0, listed).map((member) => (
            <li key={member.key}>
              <NodeWord node={member} onGoTo={onGoTo} />
            </li>
          ))}
        </ul>
        {members.length > listed && <p className={styles.dim}>And {formatQuantity(members.length - listed, 'more node')}; the search finds them.</p>}
      </section>
    </div>
  );
}
