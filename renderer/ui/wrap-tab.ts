import type { KeyboardEvent } from 'react';

const reachable = 'a[href], button, input, select, textarea, summary, [tabindex]';

/**
 * Keeps Tab within a dialog: from its last control to its first and back. The library's own guards move the focus a frame later, and a
 * second quick Tab would have left for the page behind by then.
 */
export function wrapTab(event: KeyboardEvent<HTMLElement>): void {
  const dialog = event.currentTarget;
  // Lists that float over the dialog are its children to React, not to the page.
  if (event.key !== 'Tab' || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof Node) || !dialog.contains(event.target)) return;
  const controls = [...dialog.querySelectorAll<HTMLElement>(reachable)].filter(
    (element) => element.tabIndex >= 0 && !element.matches(':disabled, [aria-hidden="true"]') && element.checkVisibility(),
  );
  const [first] = controls;
  const last = controls.at(-1);
  const focused = document.activeElement;
  const goal = event.shiftKey ? (focused === first || focused === dialog ? last : null) : focused === last ? first : null;
  if (goal === null) return;
  event.preventDefault();
  goal?.focus();
}
