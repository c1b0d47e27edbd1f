/** Settings of a registry that are acts of their own: its lifecycle, the rules of its cards. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { checkArtifactType } from '#shared/domain/index.ts';
import { toldRule } from '../queries/cards.ts';
import { registryRow } from '../records/rows.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { editRegistry } from './registries.ts';
import { stateUses } from './states.ts';

export function setCardRule(scope: CommandScope, input: CheckedInputOf<'registries.setCardRule'>): OutputOf<'registries.setCardRule'> {
  const type = accepted(checkArtifactType(input.type));
  const { [type]: _, ...others } = registryRow(scope.db, input.registryId).cardRules;
  editRegistry(scope, input.registryId, { cardRules: input.rule === null ? others : { ...others, [type]: input.rule } });
  return toldRule(registryRow(scope.db, input.registryId), type);
}

export function setLifecycle(scope: CommandScope, input: CheckedInputOf<'registries.setLifecycle'>): OutputOf<'registries.setLifecycle'> {
  editRegistry(scope, input.registryId, { lifecycle: input.lifecycle, renamed: input.renamed });
  const { lifecycle } = registryRow(scope.db, input.registryId);
  const links = lifecycle === null ? 0 : stateUses(scope.db, input.registryId).reduce((sum, use) => sum + use.links, 0);
  return { lifecycle, links };
}
