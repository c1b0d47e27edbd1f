/** Nodes that hold little more than their name. */
import type { AliasChip } from '#shared/contract/index.ts';
import { formatVersion } from '#shared/domain/index.ts';
import { globalId } from '../ids.ts';

/** W&B has null where nothing was written; its older clients refuse an empty text. */
export const textOrNull = (text: string): string | null => (text === '' ? null : text);

export function aliasNode(holder: 'artifact' | 'collection', holderId: number, alias: string, collection: () => object): object {
  return { __typename: 'ArtifactAlias', id: globalId('ArtifactAlias', `${holder}:${holderId}:${alias}`), alias, artifactCollection: collection };
}

/** Real aliases, then the number as one. */
export function aliasNames(aliases: readonly AliasChip[], index: number): readonly string[] {
  return [...aliases.map((chip) => chip.name), formatVersion(index)];
}

export function typeNode(type: string, createdAt: () => Promise<string>): object {
  return { __typename: 'ArtifactType', id: globalId('ArtifactType', type), name: type, description: null, createdAt };
}

export function tagNode(tag: string): object {
  return { __typename: 'Tag', id: globalId('Tag', tag), name: tag, tagCategoryName: null, attributes: null };
}
