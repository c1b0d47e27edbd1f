/** Lifecycle states of links: what they look like, and how a link is moved from one to another. */
import type { Lifecycle, LinkId, NeededApproval } from '#shared/contract/index.ts';
import { hueOf, type MenuEntry } from '../../../ui/index.ts';
import { ask, askReason, notifyFailure, requestApproval, runCommand } from '../../../app/api/index.ts';
import { openMenu } from '../../../app/shell/menuLayer.ts';

export function stateHue(lifecycle: Lifecycle | null, state: string): number {
  return lifecycle?.states.find((one) => one.name === state)?.hue ?? hueOf(state);
}

export type StatedLink = { readonly id: LinkId; readonly label: string; readonly state: string };

/** Moves links to another state; asks why first where the way asks for a reason. */
export async function moveToState(links: readonly StatedLink[], state: string, needsReason: boolean): Promise<void> {
  const [first] = links;
  if (first === undefined) return;
  const what = links.length === 1 ? first.label : `${links.length} versions`;
  const message = needsReason ? await askReason({ title: `${what}: to “${state}”`, required: true, verb: 'Change state' }) : undefined;
  if (message === null) return;
  const seen = new Set(links.map((link) => link.state));
  await runCommand(
    'links.setState',
    { linkIds: links.map((link) => link.id), state, ...(seen.size === 1 ? { expected: first.state } : {}) },
    { done: `${what}: ${seen.size === 1 ? `“${first.state}” → ` : ''}“${state}”`, ...(message === undefined ? {} : { message }) },
  );
}

/** At a W&B remote an alias stands for the state, and it waits for an approval: that is asked for instead. */
async function askForApproval(links: readonly StatedLink[], state: string, { alias, explanation }: NeededApproval): Promise<void> {
  const message = await askReason({
    title: `“${state}” needs an approval of “${alias}”`,
    description: `At W&B “${alias}” stands for the state. ${explanation} No state changes until then.`,
    verb: 'Request approval',
    required: false,
  });
  if (message === null) return;
  for (const link of links) await requestApproval(link.id, alias, message).catch(notifyFailure);
}

/** Opens the menu of the states into which the person may move all of some links of one registry, from wherever each stands. */
export async function openStateMenu(links: readonly StatedLink[], at: { readonly x: number; readonly y: number }): Promise<void> {
  try {
    // The ways on are the registry's: one link of each state stands for all that are in it.
    const examples = [...new Map(links.map((link) => [link.state, link])).values()];
    const answers = await Promise.all(examples.map((link) => ask('links.nextStates', { id: link.id })));
    const [first, ...others] = answers.map((answer) => answer.next);
    const next = (first ?? []).flatMap(({ name }) => {
      const ways = answers.map((answer) => answer.next.find((one) => one.name === name));
      if (others.length > 0 && ways.includes(undefined)) return [];
      return [{ name, needsReason: ways.some((way) => way?.needsReason === true), approval: ways.find((way) => way?.needsApproval != null)?.needsApproval ?? null }];
    });
    const what = links.length === 1 ? 'Move to' : `Move ${links.length} versions to`;
    const items: readonly MenuEntry[] =
      next.length === 0
        ? [{ id: 'none', label: examples.length > 1 ? 'No way leads on from all of their states' : 'No way leads on from here', disabled: true, reason: 'As the registry’s transitions and your role are now.', onSelect: () => undefined }]
        : [{ kind: 'heading', label: what }, ...next.map(({ name, needsReason, approval }): MenuEntry => approval === null
            ? { id: name, label: needsReason ? `${name}…` : name, onSelect: () => void moveToState(links, name, needsReason) }
            : { id: name, label: `${name}: “${approval.alias}” needs an approval…`, onSelect: () => void askForApproval(links, name, approval) })];
    openMenu(at, items);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}
