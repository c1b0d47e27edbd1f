/** What other features may use of automations: conditions on metadata, as people write them. */
export { conditionsIn, conditionsText, unreadConditions } from './draft.ts';
