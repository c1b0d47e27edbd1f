import type { LayoutInput, LayoutResult, PreviousLayout } from '#shared/lineage/index.ts';
/**
 * What ELK would suggest as an order, keeping our layers: its layering is told to follow positions along the layers, so only its
 * choice of who stands above whom is new. Undefined when it has no answer.
 */
export declare function suggestOrder(input: LayoutInput, layout: LayoutResult): Promise<PreviousLayout | undefined>;
