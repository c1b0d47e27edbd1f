/** The lineage: what came from what, as far as the asker may see. Every answer is bounded by nodes and says what it leaves out. */
import type { CheckedInputOf, OutputOf, QueryName } from '#shared/contract/index.ts';
import { withoutPrototype, type Query, type QueryScope } from '../../scope.ts';
import { neighbourhood } from './neighbourhood.ts';
import { lineageCommon, lineageCompare, lineageImpact, lineagePath } from './questions.ts';
import { lineageStale } from './stale.ts';

type Contracted = { readonly [Name in QueryName]?: (scope: QueryScope, input: CheckedInputOf<Name>) => OutputOf<Name> };

const contracted = {
  'lineage.common': lineageCommon,
  'lineage.compare': lineageCompare,
  'lineage.impact': lineageImpact,
  'lineage.neighbourhood': neighbourhood,
  'lineage.path': lineagePath,
  'lineage.stale': lineageStale,
} satisfies Contracted;

export const lineageQueries: Readonly<Record<string, Query>> = withoutPrototype<Query>({ ...contracted });
