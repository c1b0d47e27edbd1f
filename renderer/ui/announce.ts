export type Urgency = 'polite' | 'assertive';

interface Announcement {
  readonly text: string;
  readonly urgency: Urgency;
}

type Listener = (announcement: Announcement) => void;

const listeners = new Set<Listener>();

/**
 * Says something to people who use a screen reader, through the window's live regions (`LiveRegion`, mounted once by
 * `UiProvider`). `assertive` interrupts: only for what can't wait.
 */
export function announce(text: string, urgency: Urgency = 'polite'): void {
  for (const listener of listeners) listener({ text, urgency });
}

/** For `LiveRegion` alone. */
export function listenToAnnouncements(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
