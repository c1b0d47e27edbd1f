/**
 * One declaration per operation, from which the window's client, the preload's allow-list, the command line, the HTTP door, the
 * documentation and the bad-input tests derive.
 */
import { z } from 'zod';
import type { ErrorCode } from './errors.ts';

/** A query changes nothing and may be asked again; a command may change the catalog and is never repeated on its own. */
export type OperationKind = 'query' | 'command';

/** Least role needed somewhere (`registry` roles are decided per object by core; this is the floor shown in the documentation). */
export type OperationAudience = 'anyone' | 'restricted_viewer' | 'viewer' | 'member' | 'admin';

export type OperationDefinition<Name extends string = string, Kind extends OperationKind = OperationKind, Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = {
  readonly name: Name;
  readonly kind: Kind;
  /** One sentence, for documentation and `--help`. */
  readonly summary: string;
  readonly input: Input;
  readonly output: Output;
  /** Codes beyond those every operation can give (`bad_input`, `permission_denied`, `cancelled`, `deadline_exceeded`, `unexpected`, …). */
  readonly errors: readonly ErrorCode[];
  readonly audience: OperationAudience;
  /** Reports progress and may take as long as its bytes do: no default deadline. */
  readonly long: boolean;
};

type Declaration<Name extends string, Input extends z.ZodType, Output extends z.ZodType> = {
  readonly name: Name;
  readonly summary: string;
  /** Made when first asked for: there are hundreds of schemas, and a start needs a dozen. */
  readonly input: () => Input;
  readonly output: () => Output;
  readonly errors?: readonly ErrorCode[];
  readonly audience: OperationAudience;
  readonly long?: boolean;
};

function define<const Name extends string, Kind extends OperationKind, Input extends z.ZodType, Output extends z.ZodType>(
  kind: Kind,
  { name, summary, input, output, errors = [], audience, long = false }: Declaration<Name, Input, Output>,
): OperationDefinition<Name, Kind, Input, Output> {
  let madeInput: Input | null = null;
  let madeOutput: Output | null = null;
  return {
    name, kind, summary, errors, audience, long,
    get input() {
      return (madeInput ??= input());
    },
    get output() {
      return (madeOutput ??= output());
    },
  };
}

export function defineQuery<const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(declaration: Declaration<Name, Input, Output>): OperationDefinition<Name, 'query', Input, Output> {
  return define('query', declaration);
}

export function defineCommand<const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(declaration: Declaration<Name, Input, Output>): OperationDefinition<Name, 'command', Input, Output> {
  return define('command', declaration);
}

/** Deadline in milliseconds where the caller gives none. */
export const defaultDeadlineMilliseconds = 30_000;

/**
 * Asks for one page of a list.
 *
 * `cursor` continues where the page before ended (opaque, from `nextCursor`). `position` starts at a row number, for scrollbars: core
 * finds it from fence keys that it keeps per list, so that a page deep inside costs what the first one does. At most one of them.
 */
export const PageRequest = {
  cursor: z.string().max(1024).optional(),
  position: z.number().int().nonnegative().optional(),
  limit: z.number().int().min(1).max(1000).default(100),
};

export function page<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    /** null at the end. */
    nextCursor: z.string().nullable(),
    /** Rows in the whole list. */
    total: z.number().int().nonnegative(),
    /** Row number of the first item, where known. */
    position: z.number().int().nonnegative().nullable(),
  });
}

export const SortDirection = z.enum(['ascending', 'descending']);
export type SortDirection = z.infer<typeof SortDirection>;

/** A project by name; without an entity, the catalog's own team. A command makes it when it isn't there. */
export const ProjectName = z.strictObject({ entity: z.string().optional(), name: z.string() });

/** What a long operation says while it works. Done and total are in `unit`; total is null while unknown. */
export const Progress = z.strictObject({
  phase: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  unit: z.enum(['bytes', 'files', 'rows']),
  files: z.strictObject({ done: z.number(), total: z.number().nullable() }).nullable(),
  current: z.string().nullable(),
});
export type Progress = z.infer<typeof Progress>;
