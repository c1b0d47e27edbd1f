/**
 * Aliases that stand behind a gate, for clients that have no words for approvals: what may be put is put, the rest is asked for, and the answer is a
 * refusal that names the requests. Which aliases those are, the operations say.
 */
import { isVitrineError, VitrineError, type InputOf, type LinkId, type OutputOf } from '#shared/contract/index.ts';
import type { Asking } from '../asking.ts';

/** Does it without the aliases that have to be approved first; those are given back. */
async function withoutHeld<Output>(aliases: readonly string[], act: (aliases: string[]) => Promise<Output>): Promise<{ readonly output: Output; readonly held: readonly string[] }> {
  const held = new Set<string>();
  for (;;) {
    try {
      return { output: await act(aliases.filter((alias) => !held.has(alias))), held: [...held] };
    } catch (thrown) {
      // One is named at a time.
      const alias = isVitrineError(thrown) && thrown.code === 'approval_required' ? thrown.details['alias'] : undefined;
      if (typeof alias !== 'string' || held.has(alias) || !aliases.includes(alias)) throw thrown;
      held.add(alias);
    }
  }
}

/** Asks for the approvals that are lacking. @throws `approval_required` with the requests that are open */
async function askFor(asking: Asking, linkId: LinkId, held: readonly string[], done: string): Promise<void> {
  const open: OutputOf<'approvals.get'>[] = [];
  for (const alias of held) {
    const approval = await asking.tell('approvals.request', { linkId, alias, ...(asking.message === null ? {} : { message: asking.message }) });
    if (approval.state === 'open') open.push(approval);
    // Granted before: only the alias lacked.
    else if (approval.state === 'granted') await asking.tell('aliases.set', { target: { kind: 'link', id: linkId }, aliases: [alias] });
  }
  const [first] = open;
  if (first === undefined) return;
  const requests = open.map(({ id, alias, missing, checks }) => `request ${id} for “${alias}” (${[...(missing === 0 ? [] : [`${missing} ${missing === 1 ? 'approval' : 'approvals'}`]), ...checks.filter((check) => check.passed !== true).map((check) => check.check)].join(', ')} missing)`);
  const explanation = `Held, not put yet: ${first.link.label} needs an approval first. Opened ${requests.join(' and ')}. Once that is granted, in the window’s Approvals or with “vitrine approval grant ${first.id}”, the alias is put by itself${done}.`;
  throw new VitrineError('approval_required', { details: { alias: first.alias, linkId, label: first.link.label, approvalId: first.id, explanation } });
}

/** Puts aliases on a link or version. */
export async function putAliases(asking: Asking, target: InputOf<'aliases.set'>['target'], aliases: readonly string[]): Promise<void> {
  if (target.kind !== 'link') {
    await asking.tell('aliases.set', { target, aliases: [...aliases] });
    return;
  }
  const { held } = await withoutHeld(aliases, async (some) => (some.length === 0 ? null : asking.tell('aliases.set', { target, aliases: some })));
  await askFor(asking, target.id as LinkId, held, '');
}

/** Links one version with its aliases. */
export async function linkWithAliases(asking: Asking, { versionIds, target }: Pick<InputOf<'links.create'>, 'versionIds' | 'target'>, aliases: readonly string[]): Promise<OutputOf<'links.create'>> {
  const { output, held } = await withoutHeld(aliases, (some) => asking.tell('links.create', { versionIds, target, aliases: some }));
  const [made] = output.links;
  if (made !== undefined) await askFor(asking, made.linkId, held, '; the version itself is linked');
  return output;
}
