/** What W&B's clients can ask for and Vitrine has not: refused by name, so that a script says which of its lines it was. */
import { getNamedType, isCompositeType, isInterfaceType, isObjectType, Kind, type DocumentNode, type FragmentDefinitionNode, type GraphQLCompositeType, type GraphQLSchema, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { VitrineError } from '#shared/contract/index.ts';

const features: Readonly<Record<string, readonly string[]>> = {
  automations: [
    'Mutation.createFilterTrigger', 'Mutation.updateFilterTrigger', 'Mutation.deleteTrigger', 'Entity.triggers', 'Project.triggers', 'Organization.triggers', 'Entity.integrations', 'Mutation.createGenericWebhookIntegration',
    'ArtifactSequence.triggers', 'ArtifactPortfolio.triggers',
  ],
  sweeps: ['Mutation.upsertSweep', 'Mutation.createAgent', 'Mutation.agentHeartbeat', 'Mutation.enqueueSweepRun', 'Project.sweep', 'Project.sweeps', 'Project.totalSweeps', 'Run.sweep'],
  launch: [
    'Mutation.createRunQueue', 'Mutation.upsertRunQueue', 'Mutation.deleteRunQueues', 'Mutation.deleteFromRunQueue', 'Mutation.pushToRunQueue', 'Mutation.pushToRunQueueByName', 'Mutation.popFromRunQueue', 'Mutation.ackRunQueueItem',
    'Mutation.failRunQueueItem', 'Mutation.updateRunQueueItemWarning', 'Mutation.createLaunchAgent', 'Mutation.updateLaunchAgent', 'Mutation.createDefaultResourceConfig', 'Query.launchAgent', 'Project.runQueue', 'Project.runQueues',
    'Entity.defaultResourceConfig', 'Run.runInfo',
  ],
  'lists of runs as “buckets” (ask for “runs”)': ['Project.buckets'],
  reports: ['Project.allViews', 'Mutation.upsertView', 'Query.view'],
  'custom charts': ['Mutation.createCustomChart'],
  'rewinding and forking of runs': ['Mutation.rewindRun', 'Mutation.forkRun'],
  'managing teams, people and keys through this server (use the window, or “vitrine user” and “vitrine key”)': [
    'Mutation.createTeam', 'Mutation.createInvite', 'Mutation.deleteInvite', 'Mutation.createServiceAccount', 'Mutation.createUser', 'Mutation.deleteApiKey', 'Mutation.generateApiKey', 'Mutation.createAnonymousEntity',
  ],
  'artifact types without artifacts': ['Mutation.createArtifactType'],
};

const featureOf: ReadonlyMap<string, string> = new Map(Object.entries(features).flatMap(([feature, fields]) => fields.map((field) => [field, feature] as const)));

/** Every field that is refused by name, as `Type.field`, and what it belongs to. */
export const notOfferedFields: readonly { readonly field: string; readonly feature: string }[] = [...featureOf].map(([field, feature]) => ({ field, feature }));

/** Throws `not_offered` that names the feature and the field, where the operation asks for one. */
export function refuseNotOffered(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const root = schema.getRootType(operation.operation);
  const seen = new Set<string>();
  if (root !== undefined && root !== null) walk(operation.selectionSet, root);

  function walk(selection: SelectionSetNode, parent: GraphQLCompositeType): void {
    for (const one of selection.selections) {
      if (one.kind === Kind.FIELD) {
        const field = `${parent.name}.${one.name.value}`;
        const feature = featureOf.get(field);
        if (feature !== undefined) throw new VitrineError('not_offered', { details: { explanation: `Vitrine does not offer ${feature} (${one.name.value}).`, what: feature, field } });
        const type = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[one.name.value]?.type : undefined;
        const inner = type === undefined ? undefined : getNamedType(type);
        if (one.selectionSet !== undefined && isCompositeType(inner)) walk(one.selectionSet, inner);
      } else if (one.kind === Kind.INLINE_FRAGMENT) {
        const on = one.typeCondition === undefined ? parent : schema.getType(one.typeCondition.name.value);
        if (isCompositeType(on)) walk(one.selectionSet, on);
      } else {
        const fragment = fragments.get(one.name.value);
        const on = fragment === undefined ? undefined : schema.getType(fragment.typeCondition.name.value);
        if (fragment === undefined || seen.has(one.name.value)) continue;
        seen.add(one.name.value);
        if (isCompositeType(on)) walk(fragment.selectionSet, on);
      }
    }
  }
}
