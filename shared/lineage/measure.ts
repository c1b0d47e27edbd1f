import type { LineageDrawnNode } from './types.ts';

export type NodeSize = { readonly width: number; readonly height: number };

/** Sizes of the cards in pixels; the style sheet of the cards keeps to them. Even numbers keep centres on whole pixels. */
export const cardSizes = {
  /** Name line and facts line. */
  version: { width: 232, height: 56 },
  /** With a line of alias chips and registry marks. */
  versionWithChips: { width: 232, height: 84 },
  run: { width: 192, height: 36 },
  group: { width: 232, height: 60 },
} as const satisfies Record<string, NodeSize>;

/** Size of a node's card, from its data alone: nothing has to be drawn to be measured. */
export function measureNode(node: LineageDrawnNode): NodeSize {
  switch (node.kind) {
    case 'version':
      return node.aliases.length > 0 || node.links.length > 0 ? cardSizes.versionWithChips : cardSizes.version;
    case 'run':
      return cardSizes.run;
    case 'group':
      return cardSizes.group;
  }
}
