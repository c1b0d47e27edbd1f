import type { LineageNode } from '#shared/contract/index.ts';
import type { LineageGraph } from '#shared/lineage/index.ts';

/** What is asked. */
export type QuestionKind = 'origins' | 'impact' | 'path' | 'stale' | 'common' | 'compare';

export type Question = {
  readonly kind: QuestionKind;
  /** What it is asked of; null: what the graph was opened on. */
  readonly first: string | null;
  /** Of the questions about two. */
  readonly second: string | null;
};

/** What every answer can do with the graph beside it. */
export type AnswerContext = {
  /** Nodes that the graph shows: names for keys, and choices. */
  readonly nodes: readonly LineageNode[];
  readonly selectedKey: string | null;
  readonly onGoTo: (key: string) => void;
  /** Lights a way in the graph, bringing in what it lacks of it; null lets go. */
  readonly onLight: (keys: ReadonlySet<string> | null, brings?: LineageGraph) => void;
};
