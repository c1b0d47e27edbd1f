/** Aliases of a link that wait for an approval: it goes in without them, and they are asked for. */
import type { LinkId, OutputOf, VitrineError } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { notifyFailure, requestApproval } from '../../app/api/index.ts';

type Preview = OutputOf<'links.preview'> | OutputOf<'links.promotePreview'>;

/** What the preview says, and what the refusal named that came in spite of it. */
export function waitingAliases(preview: Preview | undefined, error: VitrineError | null): readonly string[] {
  const named = error?.code === 'approval_required' ? error.details['alias'] : undefined;
  return [...new Set([...(preview?.needsApproval ?? []).map(({ alias }) => alias), ...(typeof named === 'string' ? [named] : [])])];
}

/** What each move is held against: where the alias stood when the preview was read. */
export function expectedOf(preview: Preview | undefined): { readonly expected?: Record<string, number | null> } {
  return preview === undefined ? {} : { expected: Object.fromEntries(preview.moves.filter(({ alias }) => alias !== latestAlias).map(({ alias, from }) => [alias, from])) };
}

/** Asks for what was left out, on the links that were made: each alias on the one that it was to go to, else on the last. */
export async function askForWaiting(waiting: readonly string[], preview: Preview | undefined, links: readonly { readonly linkId: LinkId; readonly index: number }[], message: string): Promise<void> {
  for (const alias of waiting) {
    const to = preview?.moves.find((move) => move.alias === alias)?.to;
    const link = links.find(({ index }) => index === to) ?? links.at(-1);
    if (link !== undefined) await requestApproval(link.linkId, alias, message).catch(notifyFailure);
  }
}
