/** A collection as a table: chosen columns, layouts, export, comparison; its card. */
import { z } from 'zod';
import { CardField, LinkSummary } from '../entities.ts';
import { CollectionId, LinkId, RegistryId, VersionId } from '../ids.ts';
import { Timestamp } from '../entities.ts';
import { defineCommand, defineQuery, page, PageRequest, SortDirection } from '../operation.ts';

const write = ['permission_denied', 'catalog_read_only', 'disk_full'] as const;

/** A value of a version: in its metadata by path, or in the summary of the run that logged it by key. */
export const TableColumn = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('metadata'), path: z.array(z.string().min(1).max(256)).min(1).max(8) }),
  z.strictObject({ kind: z.literal('metric'), key: z.string().min(1).max(512) }),
]);
export type TableColumn = z.infer<typeof TableColumn>;

/** By `state`: in the order of the registry’s lifecycle, and by number within one. */
export const TableSort = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('own'), key: z.enum(['index', 'linked', 'size', 'created', 'state']) }),
  ...TableColumn.options,
]);
export type TableSort = z.infer<typeof TableSort>;

/** What a cell holds. Lists and objects come as JSON text, cut at 256 characters. */
export const TableCell = z.union([z.number(), z.string(), z.boolean(), z.null()]);
export type TableCell = z.infer<typeof TableCell>;

const columns = z.array(TableColumn).max(50).default([]);
const view = {
  collectionId: CollectionId,
  columns,
  /** Numbers before texts, both typed; what is missing comes last in either direction. */
  sort: TableSort.default({ kind: 'own', key: 'index' }),
  direction: SortDirection.default('descending'),
  /** Only links in this lifecycle state. */
  state: z.string().max(200).optional(),
};

const Layout = z.strictObject({
  columns: z.array(z.union([z.string().max(100), TableColumn])).max(60),
  sort: TableSort,
  direction: SortDirection,
});

/** A chosen set of columns under a name, of one person in one collection. Texts among the columns are the table’s own. */
export const TableLayout = Layout.extend({ name: z.string(), updatedAt: Timestamp });
export type TableLayout = z.infer<typeof TableLayout>;

export const tableOperations = [
  defineQuery({
    name: 'collections.table',
    summary: 'The links of a collection with chosen metadata and metrics of their versions, sorted by any of them.',
    input: () => z.strictObject({ ...view, ...PageRequest }),
    output: () => page(LinkSummary.extend({ /** In the order of the columns asked for. */ cells: z.array(TableCell) })),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'collections.columns',
    summary: 'What the versions of a collection have in metadata and metrics, to choose columns from; looked up in the newest of them.',
    input: () => z.strictObject({ collectionId: CollectionId }),
    output: () => z.strictObject({
      items: z.array(z.strictObject({ column: TableColumn, type: z.enum(['number', 'date', 'text', 'boolean', 'other']), /** Versions that have it, among those looked into. */ count: z.number().int() })),
      lookedInto: z.number().int(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'collections.exportTable',
    summary: 'The table as CSV, whole; what a spreadsheet would take for a formula is made harmless.',
    input: () => z.strictObject(view),
    output: () => z.strictObject({ mediaType: z.string(), /** With its ending. */ fileName: z.string(), text: z.string(), rows: z.number().int(), /** Set where there are more rows than are written out. */ truncated: z.boolean() }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
    long: true,
  }),
  defineQuery({
    name: 'collections.series',
    summary: 'Numbers of metadata or metrics across the versions of a collection, oldest first: what a chart compares.',
    input: () => z.strictObject({ collectionId: CollectionId, columns: z.array(TableColumn).min(1).max(20), /** The newest so many. */ limit: z.number().int().min(1).max(10_000).default(1000) }),
    output: () => z.strictObject({
      points: z.array(z.strictObject({ linkId: LinkId, versionId: VersionId, index: z.number().int(), linkedAt: Timestamp, aliases: z.array(z.string()), state: z.string().nullable(), /** Per column; null where there is no number. */ values: z.array(z.number().nullable()) })),
      truncated: z.boolean(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'collections.layouts',
    summary: 'The caller’s own layouts of a collection’s table, by name.',
    input: () => z.strictObject({ collectionId: CollectionId }),
    output: () => z.strictObject({ items: z.array(TableLayout) }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'collections.saveLayout',
    summary: 'Keeps a layout of a collection’s table under a name, for the caller; one that is there is replaced.',
    input: () => z.strictObject({ collectionId: CollectionId, name: z.string().min(1).max(100), layout: Layout }),
    output: () => z.strictObject({ items: z.array(TableLayout) }),
    errors: ['not_found', 'too_large', ...write],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'collections.deleteLayout',
    summary: 'Forgets a layout.',
    input: () => z.strictObject({ collectionId: CollectionId, name: z.string().max(100) }),
    output: () => z.strictObject({ items: z.array(TableLayout) }),
    errors: ['not_found', ...write],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'collections.card',
    summary: 'How complete a collection’s card is: the sections that its type should have, which of them are filled.',
    input: () => z.strictObject({ id: CollectionId }),
    output: () => z.strictObject({
      fields: z.array(CardField.extend({ filled: z.boolean() })),
      /** 0 to 1: filled sections among all, required ones counting twice. */
      score: z.number(),
      missing: z.array(z.string()),
      complete: z.boolean(),
      /** Markdown to begin with. */
      template: z.string(),
    }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'registries.cardRule',
    summary: 'The template and sections of cards for a type in a registry: its own, or those that come with Vitrine.',
    input: () => z.strictObject({ registryId: RegistryId, type: z.string().max(200) }),
    output: () => z.strictObject({ type: z.string(), template: z.string(), fields: z.array(CardField), /** The registry has its own for this type. */ own: z.boolean() }),
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'registries.setCardRule',
    summary: 'Gives a registry its own template and required sections for the cards of a type; null goes back to those that come with Vitrine.',
    input: () => z.strictObject({
      registryId: RegistryId,
      type: z.string().max(200),
      rule: z.strictObject({ template: z.string().max(100_000), fields: z.array(CardField).max(50) }).nullable(),
    }),
    output: () => z.strictObject({ type: z.string(), template: z.string(), fields: z.array(CardField), own: z.boolean() }),
    errors: ['not_found', 'name_invalid', ...write],
    audience: 'admin',
  }),
  defineQuery({
    name: 'registries.updatePreview',
    summary: 'What stands against other accepted types or another visibility of a registry, all of it.',
    input: () => z.strictObject({ id: RegistryId, acceptedTypes: z.array(z.string()).max(100).nullable().optional(), visibility: z.enum(['organization', 'restricted']).optional() }),
    output: () => z.strictObject({ blockers: z.array(z.strictObject({ setting: z.enum(['acceptedTypes', 'visibility']), rule: z.string(), explanation: z.string(), /** Collections, versions or others that stand against it. */ names: z.array(z.string()) })) }),
    errors: ['not_found', 'name_invalid'],
    audience: 'restricted_viewer',
  }),
] as const;
