/**
 * What the lineage graph is made of, without a screen. Nodes and edges are those of the contract; drawing adds groups.
 *
 * An edge always points from data to what depends on it, so that left to right reads as "then": a version *used* by a
 * run is `version → run`, a version *logged* by a run is `run → version`.
 */
import type { LineageEdge, LineageNode } from '../contract/operations/lineage.ts';

export type { LineageEdge, LineageNode } from '../contract/operations/lineage.ts';

export type LineageVersionNode = Extract<LineageNode, { kind: 'version' }>;
export type LineageRunNode = Extract<LineageNode, { kind: 'run' }>;

/** By what nodes are gathered into one; `runGroup` is the group that a script gave its runs. */
export type LineageGrouping = 'project' | 'type' | 'jobType' | 'runGroup';

/** Several nodes drawn as one. */
export type LineageGroupNode = {
  readonly kind: 'group';
  /** `group:` and what its members share; never the key of a node. */
  readonly key: string;
  readonly groupedBy: LineageGrouping;
  readonly label: string;
  readonly memberKeys: readonly string[];
  readonly versionCount: number;
  readonly runCount: number;
};

export type LineageDrawnNode = LineageNode | LineageGroupNode;

export type LineageDrawnEdge = LineageEdge & {
  /** Edges of the catalog that this one stands for; 1 when absent. */
  readonly count?: number;
};

export type LineageGraph = {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
};

/** A graph as it is drawn: groups may stand for several nodes. */
export type LineageDrawnGraph = {
  readonly nodes: readonly LineageDrawnNode[];
  readonly edges: readonly LineageDrawnEdge[];
};

/** Upstream: what something was made from. Downstream: what was made from it. */
export type LineageDirection = 'upstream' | 'downstream' | 'both';
