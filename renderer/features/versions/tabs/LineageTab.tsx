import { lazy, Suspense } from 'react';
import type { LineageRoot } from '../../lineage/index.ts';
import { SkeletonLines } from '../../../ui/index.ts';
import { TabFill } from '../parts/TabBody.tsx';

/** Loaded when it is first looked at: the graph brings a library of its own. */
const Panel = lazy(() => import('../../lineage/index.ts').then((module) => ({ default: module.LineagePanel })));

/** What a version or a run came from and what came of it, as a graph. */
export function LineageTab({ root }: { readonly root: LineageRoot }) {
  return (
    <TabFill>
      <Suspense fallback={<SkeletonLines lines={6} />}>
        <Panel root={root} />
      </Suspense>
    </TabFill>
  );
}
