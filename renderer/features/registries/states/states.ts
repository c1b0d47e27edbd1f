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

/** Opens the menu of the states into which the person may move a link from where it stands. */
export async function openStateMenu(link: StatedLink, at: { readonly x: number; readonly y: number }): Promise<void> {
  try {
    const { next } = await ask('links.nextStates', { id: link.id });
    const items: readonly MenuEntry[] =
      next.length === 0
        ? [{ id: 'none', label: 'No way leads on from here', disabled: true, reason: 'As the registry’s transitions and your role are now.', onSelect: () => undefined }]
        : [{ kind: 'heading', label: 'Move to' }, ...next.map((one) => ({ id: one.name, label: one.needsReason ? `${one.name}…` : one.name, onSelect: () => void moveToState([link], one.name, one.needsReason) }))];
    openMenu(at, items);
  } catch (thrown) {
    notifyFailure(thrown);
  }
}
