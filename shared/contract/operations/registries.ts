import { z } from 'zod';
import { CollectionDetail, CollectionSummary, ReasonRequired, RegistrySummary, Visibility } from '../entities.ts';
import { CollectionId, RegistryId } from '../ids.ts';
import { defineCommand, defineQuery, page, PageRequest, SortDirection } from '../operation.ts';

const glyph = z.string().min(1).max(40);
const hue = z.number().int().min(0).max(11);

export const registryOperations = [
  defineQuery({
    name: 'registries.list',
    summary: 'Every registry that the caller may see, starred ones first, then by name.',
    input: () => z.strictObject({
      /** Conditions in the filter language over `id name entity_id description created_at updated_at`; a name may carry `wandb-registry-`. */
      filter: z.json().optional(),
      /** Absent: starred ones first, then by name. */
      sort: z.enum(['name', 'updated', 'created']).optional(),
      direction: SortDirection.default('ascending'),
    }),
    output: () => z.strictObject({ items: z.array(RegistrySummary) }),
    errors: ['query_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'registries.get',
    summary: 'One registry, by id or by name.',
    input: () => z.union([z.strictObject({ id: RegistryId }), z.strictObject({ name: z.string() })]),
    output: () => RegistrySummary,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'registries.create',
    summary: 'Makes a custom registry.',
    input: () => z.strictObject({
      name: z.string(),
      description: z.string().max(100_000).default(''),
      visibility: Visibility.default('organization'),
      acceptedTypes: z.array(z.string()).min(1).max(100).nullable().default(null),
      glyph: glyph.optional(),
      hue: hue.optional(),
    }),
    output: () => RegistrySummary,
    errors: ['name_invalid', 'already_exists', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'registries.update',
    summary: 'Changes name, description, visibility, accepted types, protected aliases, when a reason is asked for, glyph or hue of a registry.',
    input: () => z.strictObject({
      id: RegistryId,
      name: z.string().optional(),
      description: z.string().max(100_000).optional(),
      visibility: Visibility.optional(),
      acceptedTypes: z.array(z.string()).min(1).max(100).nullable().optional(),
      protectedAliases: z.array(z.string()).max(100).optional(),
      reasonRequired: ReasonRequired.optional(),
      glyph: glyph.optional(),
      hue: hue.optional(),
    }),
    output: () => RegistrySummary,
    errors: ['not_found', 'name_invalid', 'already_exists', 'blocked', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'registries.delete',
    summary: 'Moves a custom registry with its collections and links to the trash; source versions stay.',
    input: () => z.strictObject({ id: RegistryId }),
    output: () => z.strictObject({ collections: z.number().int(), links: z.number().int() }),
    errors: ['not_found', 'blocked', 'alias_protected', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'admin',
  }),
  defineQuery({
    name: 'collections.list',
    summary: 'Collections of a registry, or of all.',
    input: () => z.strictObject({
      registryId: RegistryId.optional(),
      type: z.string().optional(),
      /** Conditions on the registries, over the fields of `registries.list`. */
      registryFilter: z.json().optional(),
      /** Conditions on the collections, over `artifact_collection_id name type tag description created_at updated_at`. */
      filter: z.json().optional(),
      sort: z.enum(['name', 'updated', 'created']).default('name'),
      direction: SortDirection.default('ascending'),
      ...PageRequest,
    }),
    output: () => page(CollectionSummary),
    errors: ['not_found', 'query_invalid'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'collections.get',
    summary: 'One collection with its card, by id or by registry and name.',
    input: () => z.union([z.strictObject({ id: CollectionId }), z.strictObject({ registry: z.string(), name: z.string() })]),
    output: () => CollectionDetail,
    errors: ['not_found'],
    audience: 'restricted_viewer',
  }),
  defineQuery({
    name: 'collections.details',
    summary: 'Many collections with their cards, in the order of the ids; those that aren’t there or aren’t for the caller are left out.',
    input: () => z.strictObject({ ids: z.array(CollectionId).max(1000) }),
    output: () => z.strictObject({ items: z.array(CollectionDetail) }),
    audience: 'restricted_viewer',
  }),
  defineCommand({
    name: 'collections.create',
    summary: 'Makes an empty collection of one type.',
    input: () => z.strictObject({
      registryId: RegistryId,
      name: z.string(),
      type: z.string(),
      description: z.string().max(1_000_000).default(''),
      tags: z.array(z.string()).max(100).default([]),
    }),
    output: () => CollectionDetail,
    errors: ['not_found', 'name_invalid', 'already_exists', 'type_mismatch', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'collections.update',
    summary: 'Renames a collection or edits its card.',
    input: () => z.strictObject({ id: CollectionId, name: z.string().optional(), description: z.string().max(1_000_000).optional() }),
    output: () => CollectionDetail,
    errors: ['not_found', 'name_invalid', 'already_exists', 'permission_denied', 'too_large', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
  defineCommand({
    name: 'collections.delete',
    summary: 'Moves a collection with its links to the trash; source versions stay.',
    input: () => z.strictObject({ id: CollectionId }),
    output: () => z.strictObject({ links: z.number().int() }),
    errors: ['not_found', 'alias_protected', 'permission_denied', 'catalog_read_only', 'disk_full'],
    audience: 'member',
  }),
] as const;
