/** The book of rules finds what a look at each of them would find. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AutomationDefinition } from '#shared/contract/automations.ts';
import { fitsFilter, inScope, type AutomationFacts, type NamePattern } from '#shared/domain/index.ts';
import type { Rule } from '../catalog/queries/automations.ts';
import { fitsRegex } from './patterns.ts';
import { ruleBook } from './rules.ts';

const name = fc.constantFrom('production', 'prod', 'prod-eu', 'pro', 'pr', 'staging', 'ab', 'gemma', 'émile', '');
const pattern: fc.Arbitrary<NamePattern> = fc.oneof(
  fc.constantFrom('prod*', 'prod-*', '*', 'p?od', 'pro', 'stag*', '*ing', 'gemma', 'émi*', 'ab').map((text) => ({ kind: 'glob' as const, text })),
  fc.constantFrom('^prod', '^prod$', '^produ?', '^prod*', '^pro|^stag', 'prod', '^(prod|stag)', '^p', '^gem+a', '^prod-eu', '^[p]rod', '^pro{1,2}d', '^\\wrod', '^prod\\b', '(?i)^PROD', '^pro.').map((text) => ({ kind: 'regex' as const, text })),
);
const patterns = fc.array(pattern, { maxLength: 3 });
const event = fc.constantFrom('alias.added', 'tag.added', 'version.linked');
const scope = fc.constantFrom({ kind: 'organization' }, { kind: 'registry', id: 1 }, { kind: 'collection', id: 7 }, { kind: 'project', id: 3 });
const rule = fc.record({ event, scope, aliases: patterns, tags: patterns, names: patterns }).map(({ event: heard, scope: place, ...filter }) => AutomationDefinition.parse({ name: 'x', event: heard, scope: place, filter, actions: [{ kind: 'notification', title: 'x' }] }));
const facts: fc.Arbitrary<AutomationFacts> = fc.record({ event, alias: fc.option(name), tag: fc.option(name), collection: fc.option(name), artifact: name, aliases: fc.array(name, { maxLength: 3 }), tags: fc.array(name, { maxLength: 3 }) }).map((one) => ({
  event: one.event, eventId: 5, at: '', actor: { username: 'ada', displayName: 'Ada', kind: 'person' }, entrance: 'window', message: null, entity: '', registry: one.collection === null ? null : { id: 1, name: 'Models' },
  collection: one.collection === null ? null : { id: 7, name: one.collection }, project: { id: 3, name: 'train' }, artifact: { id: 2, name: one.artifact, type: 'model' }, link: null,
  version: { id: 4, number: 0, digest: '', size: 0, aliases: one.aliases, tags: one.tags, metadata: {} }, alias: one.alias, aliasFrom: null, tag: one.tag, state: null, run: null, metric: null, label: '', address: null,
}) as AutomationFacts);

it('whatever they ask for', () => {
  fc.assert(fc.property(fc.array(rule, { maxLength: 40 }), facts, (definitions, one) => {
    const rules = definitions.map((definition, index): Rule => ({ id: index + 1, name: 'x', definition, sinceEvent: 0, createdBy: 1, registries: [1], projects: null }));
    const wanted = rules.filter(({ definition }) => definition.event === one.event && inScope(definition.scope, one) && fitsFilter(definition.filter, one, fitsRegex)).map(({ id }) => id);
    expect(ruleBook(rules).taking(one).map(({ id }) => id)).toEqual(wanted);
  }), { numRuns: 2000 });
});
