/** Cards: which sections a type should have in a registry, and which of them a collection's card has. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { cardCompleteness, standardCardRule, type CardRule } from '#shared/domain/index.ts';
import { notFound } from '../access.ts';
import { registryRow, type RegistryRow } from '../records/rows.ts';
import type { QueryScope } from '../scope.ts';
import { seenCollection, seenRegistry } from './visible.ts';

/** The registry's own rule for a type, or the one that comes with Vitrine. */
export function cardRuleOf(registry: RegistryRow, type: string): { readonly rule: CardRule; readonly own: boolean } {
  const own = Object.hasOwn(registry.cardRules, type) ? registry.cardRules[type] : undefined;
  return own === undefined ? { rule: standardCardRule(type), own: false } : { rule: own, own: true };
}

export function toldRule(registry: RegistryRow, type: string): OutputOf<'registries.cardRule'> {
  const { rule, own } = cardRuleOf(registry, type);
  return { type, template: rule.template, fields: rule.fields.map((field) => ({ ...field })), own };
}

export function cardRule(scope: QueryScope, input: CheckedInputOf<'registries.cardRule'>): OutputOf<'registries.cardRule'> {
  const registry = seenRegistry(scope, input.registryId);
  if (registry.deleted) throw notFound('registry', registry.name);
  return toldRule(registry, input.type);
}

export function collectionCard(scope: QueryScope, input: CheckedInputOf<'collections.card'>): OutputOf<'collections.card'> {
  const collection = seenCollection(scope, input.id);
  const { rule } = cardRuleOf(registryRow(scope.db, collection.registryId), collection.type);
  const { fields, score, missing, complete } = cardCompleteness(collection.description, rule);
  return { fields: fields.map((field) => ({ ...field })), score, missing: [...missing], complete, template: rule.template };
}
