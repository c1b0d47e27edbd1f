/** A moment as a field of the page writes it (the clock of this machine, to the minute), and back. */

const two = (part: number): string => String(part).padStart(2, '0');

export function toLocal(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** ISO 8601 in UTC with milliseconds; null for what is no moment. */
export function fromLocal(text: string): string | null {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
