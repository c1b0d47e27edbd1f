/** Lifecycle states of links: what they look like, and how a link is moved from one to another. */
import type { Lifecycle, LinkId } from '#shared/contract/index.ts';
import { hueOf, type MenuEntry } from '../../../ui/index.ts';
import { ask, askReason, notifyFailure, runCommand } from '../../../app/api/index.ts';
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

/** Opens the menu of the states into which the person may move all of some links of one registry, from wherever each stands. */
export async function openStateMenu(links: readonly StatedLink[], at: { readonly x: number; readonly y: number }): Promise<void> {
  try {
    // The ways on are the registry's: one link of each state stands for all that are in it.
    const examples = [...new Map(links.map((link) => [link.state, link])).values()];
    const answers = await Promise.all(examples.map((link) => ask('links.nextStates', { id: link.id })));
    const [first, ...others] = answers.map((answer) => answer.next);
    const next = (first ?? []).flatMap(({ name }) => {
      const ways = answers.map((answer) => answer.next.find((one) => one.name === name));
      return others.length > 0 && ways.includes(undefined) ? [] : [{ name, needsReason: ways.some((way) => way?.needsReason === true) }];
    });
    const what = links.length === 1 ? 'Move to' : `Move ${links.length} versions to`;
    const items: readonly MenuEntry[] =
      next.length === 0
        ? [{ id: 'none', label: examples.length > 1 ? 'No way leads on from all of their states' : 'No way leads on from here', disabled: true, reason: 'As the registry’s transitions and your role are now.', onSelect: () => undefined }]
        : [{ kind: 'heading', label: what }, ...next.map((one) => ({ id: one.name, label: one.needsReason ? `${one.name}…` : one.name, onSelect: () => void moveToState(links, one.name, one.needsReason) }))];
    openMenu(at, items);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}
