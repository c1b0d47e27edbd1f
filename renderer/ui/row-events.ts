/** Whether an event began on a control inside a row, which then keeps it for itself. */
export function isOnControl(target: EventTarget | null, row: Element): boolean {
  if (!(target instanceof Element)) return false;
  const control = target.closest('button, a[href], input, select, textarea, [role="button"], [role="checkbox"], [data-own-events]');
  return control !== null && control !== row && row.contains(control);
}

/** The row element an event belongs to, with its position; undefined outside rows. */
export function rowOf(target: EventTarget | null): { readonly element: HTMLElement; readonly index: number } | undefined {
  if (!(target instanceof Element)) return undefined;
  const element = target.closest<HTMLElement>('[data-row]');
  if (element === null) return undefined;
  const index = Number(element.dataset.row);
  return Number.isInteger(index) ? { element, index } : undefined;
}

/** A picture for the pointer while rows are dragged: their name, or how many. Removed by itself after the browser took it. */
export function setDragPicture(dataTransfer: DataTransfer, label: string, className: string): void {
  const picture = document.createElement('div');
  picture.className = className;
  picture.textContent = label;
  document.body.append(picture);
  dataTransfer.setDragImage(picture, 12, 12);
  requestAnimationFrame(() => picture.remove());
}
