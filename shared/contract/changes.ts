import { z } from 'zod';

/**
 * The kinds of rows a window may hold, as the change feed names them. `run_data` is what a run streams (lines, metrics, console, files,
 * summary): it changes often, and the lists of runs don't show it. `run_alert`: a script said that something
 * needs looking at.
 */
export const changeEntities = [
  'catalog', 'user', 'team', 'project', 'run', 'run_data', 'run_alert', 'artifact', 'version', 'registry', 'collection', 'link', 'alias', 'tag', 'star', 'event', 'trash', 'api_key', 'setting', 'member', 'lineage', 'hold', 'search', 'remote', 'bucket', 'automation', 'delivery', 'approval',
] as const;
export const ChangeEntity = z.enum(changeEntities);
export type ChangeEntity = z.infer<typeof ChangeEntity>;

/** Which rows of an entity changed; `all` when they are too many to name (above 500). */
export const Change = z.strictObject({ entity: ChangeEntity, ids: z.union([z.array(z.number().int()), z.literal('all')]) });
export type Change = z.infer<typeof Change>;

/**
 * One step of the feed. `rev` counts commits since the catalog was made and grows by one per step told, so that a listener that sees a gap
 * between `previous` and its own last `rev` knows to forget all it has.
 */
export const ChangeNotice = z.strictObject({ rev: z.number().int(), previous: z.number().int(), changes: z.array(Change) });
export type ChangeNotice = z.infer<typeof ChangeNotice>;
