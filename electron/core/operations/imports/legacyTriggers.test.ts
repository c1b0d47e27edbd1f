import { expect, test } from 'vitest';
import { readTrigger, type LegacyTrigger } from './legacyTriggers.ts';

const push = { __typename: 'PushNotificationTriggeredAction', title: 'New', body: '${alias}' };
const trigger = (filter: LegacyTrigger['triggeringCondition']['filter'], more: Partial<LegacyTrigger> = {}): LegacyTrigger => ({ name: 'one', triggeringCondition: { eventType: 'LINK_MODEL', filter }, triggeredAction: push, ...more });
const patterns = (filter: LegacyTrigger['triggeringCondition']['filter']): unknown => {
  const read = readTrigger(trigger(filter));
  if ('why' in read) return null;
  const { aliases, tags } = read.definitions[0]!.filter;
  return { aliases: aliases.map((one) => `${one.kind} ${one.text}`), tags: tags.map((one) => `${one.kind} ${one.text}`) };
};

test.each([
  [null, [], []], ['', [], []], ['{}', [], []], [{ $or: [{ $and: [] }] }, [], []], [{ $and: [] }, [], []],
  [{ alias: 'prod' }, ['glob prod'], []], ['{"filter":"{\\"alias\\":\\"prod\\"}"}', ['glob prod'], []], [{ alias: { $eq: 'a*' } }, [String.raw`regex ^a\*$`], []],
  [{ alias: { $in: ['a', 'b'] } }, ['glob a', 'glob b'], []], [{ $or: [{ alias: 'a' }, { $and: [{ alias: { $regex: '^b' } }] }] }, ['glob a', 'regex ^b'], []],
  [{ $and: [{ alias: 'a' }, { tag: 'b' }] }, ['glob a'], ['glob b']], [{ alias: 'a', tag: { $regex: 'b' } }, ['glob a'], ['regex b']],
] as const)('a filter %j is what it says', (filter, aliases, tags) => {
  expect(patterns(filter as never)).toEqual({ aliases, tags });
});

test.each(['{', '[]', '7', { created_at: 1 }, { alias: { $ne: 'a' } }, { alias: { $in: [] } }, { alias: { $regex: 'a', $options: 'i' } }, { $nor: [] }, { $or: [{ alias: 'a' }, { tag: 'b' }] }, { $or: [{ alias: 'a' }, {}] }, { $and: [{ alias: 'a' }, { alias: 'b' }] }])(
  'a filter %j has no like here, so nothing is made that would hear more than it did',
  (filter) => expect(patterns(filter as never)).toBeNull(),
);

test('a webhook keeps its payload; its token and the secrets in it are named as secrets are here', () => {
  const integration = { urlEndpoint: 'https://ci.example.org', accessTokenRef: 'ci token', secretRef: '2nd' };
  const read = readTrigger(trigger(null, { triggeredAction: { __typename: 'GenericWebhookTriggeredAction', integration, requestPayload: { a: '${ACCESS_TOKEN} ${ OTHER } ${event_type} ${artifact_metadata.x}' } } }));
  expect(read).toMatchObject({
    secrets: ['ci_token', '_2nd', 'OTHER'],
    definitions: [{ enabled: false, actions: [{ kind: 'webhook', bearerSecret: 'ci_token', signatureSecret: '_2nd', template: JSON.stringify({ a: '${secret.ci_token} ${secret.OTHER} ${event_type} ${artifact_metadata.x}' }, null, 2) }] }],
  });
  expect(readTrigger(trigger(null, { triggeredAction: { __typename: 'GenericWebhookTriggeredAction', integration: {} } }))).toEqual({ why: 'The export does not say where its webhook goes.' });
});

test.each([['QueueJobTriggeredAction', 'queue a launch job'], ['ARIATriggeredAction', 'ask ARIA'], ['NoOpTriggeredAction', 'do nothing (NO_OP)'], ['NewTriggeredAction', 'NewTriggeredAction']])('%s is named as what Vitrine has not', (kind, named) => {
  expect(readTrigger(trigger(null, { triggeredAction: { __typename: kind } }))).toEqual({ why: `Vitrine has no action like W&B’s “${named}”.` });
});

test('a notification of W&B’s app is one of this machine; an alias added is heard where it is moved, too', () => {
  expect(readTrigger(trigger({ alias: 'x' }, { triggeringCondition: { eventType: 'ADD_ARTIFACT_ALIAS' } }))).toMatchObject({
    definitions: [{ name: 'one', event: 'alias.added', actions: [{ kind: 'notification', title: 'New', text: '${alias}' }] }, { name: 'one (moved)', event: 'alias.moved' }], secrets: [], hint: null,
  });
});
