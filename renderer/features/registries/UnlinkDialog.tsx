import type { CollectionDetail, LinkSummary } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { AlertDialog, formatQuantity } from '../../ui/index.ts';

/** How many names a line of the preview takes before a count. */
const mostNamed = 6;

/** Asks before links go, with what would really happen as core sees it: aliases, where `latest` goes, what stands against it. */
export function UnlinkDialog({ links, collection, onClose, onDone }: { readonly links: readonly LinkSummary[]; readonly collection: CollectionDetail; readonly onClose: () => void; readonly onDone: () => void }) {
  const linkIds = links.map((link) => link.id);
  const preview = useOperation('links.removePreview', { linkIds });
  const [first] = links;
  const aliases = [...new Set((preview.data?.links ?? links).flatMap((link) => link.aliases.map((alias) => alias.name)))].filter((alias) => alias !== latestAlias);
  const latest = preview.data?.moves.find((move) => move.alias === latestAlias);
  const refused = preview.data?.refused ?? [];
  return (
    <AlertDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={links.length === 1 && first !== undefined ? `Unlink v${first.index} from ${collection.name}?` : `Unlink ${formatQuantity(links.length, 'version')} from ${collection.name}?`}
      description="Their source versions stay, and so do all bytes."
      consequences={[
        `The ${links.length === 1 ? 'number is' : 'numbers are'} not given again`,
        ...(aliases.length === 0 ? [] : [`${formatQuantity(aliases.length, 'alias', 'aliases')} ${aliases.length === 1 ? 'goes' : 'go'}: ${aliases.slice(0, mostNamed).join(', ')}${aliases.length > mostNamed ? '…' : ''}`]),
        ...(latest === undefined ? [] : [latest.to === null ? '“latest” stands nowhere then: the collection is empty' : `“latest” moves to v${latest.to}`]),
      ]}
      {...(refused.length === 0 ? {} : { error: `It can’t be done: ${refused.slice(0, 3).map((refusal) => refusal.explanation).join(' ')}` })}
      confirmLabel={links.length === 1 ? 'Unlink' : `Unlink ${links.length}`}
      onConfirm={async () => {
        if (refused.length > 0) throw new Error('refused');
        onClose();
        const done = await runCommand('links.remove', { linkIds }, { done: ({ removed }) => `Unlinked ${formatQuantity(removed, 'version')} from ${collection.name}` });
        if (done !== null) onDone();
      }}
    />
  );
}
