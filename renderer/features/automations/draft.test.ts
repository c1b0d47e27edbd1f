import { describe, expect, it } from 'vitest';
import { AutomationDefinition } from '#shared/contract/automations.ts';
import { conditionsIn, definitionOf, draftOf, emptyAction, emptyDraft, patternsIn, patternsText, unreadConditions, unreadHeaders, type ActionDraft, type Draft } from './draft.ts';

describe('the form of an automation', () => {
  it('reads patterns and conditions as people write them', () => {
    expect(patternsIn('prod-*, /^v,[0-9]$/, staging ')).toEqual([{ kind: 'glob', text: 'prod-*' }, { kind: 'regex', text: '^v,[0-9]$' }, { kind: 'glob', text: 'staging' }]);
    expect(patternsText(patternsIn('a, /b/'))).toBe('a, /b/');
    // A slash of the expression itself would end it.
    expect(patternsText([{ kind: 'regex', text: 'a/b\\/c' }])).toBe('/a\\/b\\/c/');
    expect(patternsIn('/a\\/b\\/c/')).toEqual([{ kind: 'regex', text: 'a\\/b\\/c' }]);
    expect(conditionsIn('eval.accuracy > 0.9\n\nname contains gemma\nflag exists')).toEqual([
      { path: 'eval.accuracy', comparison: '>', value: '0.9' }, { path: 'name', comparison: 'contains', value: 'gemma' }, { path: 'flag', comparison: 'exists', value: '' },
    ]);
    expect(unreadConditions('a > 1\nnonsense')).toEqual(['nonsense']);
  });

  it('says nothing until it is whole, and gives back what it was made from', () => {
    expect(definitionOf(emptyDraft, true)).toBeNull();
    const action = (change: Partial<ActionDraft>): ActionDraft => ({ ...emptyAction, ...change });
    const drafts: readonly Draft[] = [
      { ...emptyDraft, name: 'tell', scope: 'registry 3', aliases: 'prod-*', metadata: 'acc > 0.9', actions: [action({ url: 'https://example.org/', template: '{"a": "${alias}"}', bearerSecret: 'TOKEN', headers: 'X-Team: ${entity_name}\nX-Two: 2' })] },
      { ...emptyDraft, name: 'metric', description: 'why it is there', event: 'run.metric', metric: 'acc >= 0.5', actions: [action({ kind: 'notification' })] },
      { ...emptyDraft, name: 'mark', event: 'state.changed', states: 'released', onlyBy: 'ada, ben', actions: [action({ kind: 'set alias', alias: 'seen' }), action({ kind: 'slack', urlSecret: 'HOOK' }), action({ kind: 'job', job: 'deploy' }), action({ kind: 'request approval', alias: 'production' })] },
    ];
    for (const draft of drafts) expect(draftOf(AutomationDefinition.parse(definitionOf(draft, true)))).toEqual(draft);
    expect(unreadHeaders('X-A: 1\nno header')).toEqual(['no header']);
    expect(definitionOf({ ...emptyDraft, name: 'x', actions: [action({ url: 'https://example.org/' }), action({ kind: 'job' })] }, true)).toBeNull();
    for (const url of ['ftp://example.org', 'example.org', 'javascript:alert(1)']) expect(definitionOf({ ...emptyDraft, name: 'x', actions: [action({ url })] }, true)).toBeNull();
  });
});
