/** What the window tells a person in passing. The shell shows it as toasts; nothing here knows how. */
import { explainError, isVitrineError, VitrineError, type LinkId } from '#shared/contract/index.ts';
import { core } from './core.ts';

export type NoticeAction = { readonly label: string; readonly onPress: () => void };

export type Notice = {
  readonly tone: 'neutral' | 'good' | 'danger' | 'caution';
  readonly title: string;
  readonly text?: string;
  readonly action?: NoticeAction;
  /** Another way on, beside the action. */
  readonly secondAction?: NoticeAction;
  /** A notice under the same key takes the other's place. */
  readonly key?: string;
  /** Unfolded on demand: codes and ids for a report. */
  readonly details?: string;
};

type Sink = (notice: Notice) => void;
let sink: Sink | null = null;
const waiting: Notice[] = [];

/** Says something in passing. */
export function notify(notice: Notice): void {
  if (sink === null) waiting.push(notice);
  else sink(notice);
}

/** For the shell alone: where notices go. */
export function showNoticesWith(show: Sink): () => void {
  sink = show;
  for (const notice of waiting.splice(0)) show(notice);
  return () => {
    if (sink === show) sink = null;
  };
}

/** Anything thrown, as the contract's error: what is not one is a bug of the window itself. */
export function asVitrineError(thrown: unknown): VitrineError {
  if (isVitrineError(thrown)) return thrown;
  console.error(thrown);
  return new VitrineError('unexpected', { details: { id: 'window', explanation: thrown instanceof Error ? thrown.message : String(thrown) } });
}

/** Says a failure in words, with its details one step away. A cancellation was wished for: it is no failure. */
export function notifyFailure(thrown: unknown): void {
  const error = asVitrineError(thrown);
  if (error.code === 'cancelled') return;
  const { title, sentence, advice } = explainError(error);
  notify({
    tone: 'danger',
    title,
    text: advice === null ? sentence : `${sentence} ${advice}`,
    details: `${error.code} ${JSON.stringify(error.details, null, 2)}`,
    ...wayOut(error),
  });
}

/** Asks that an alias may be put on a link, and says so. @throws VitrineError */
export async function requestApproval(linkId: LinkId, alias: string, message = ''): Promise<void> {
  const { output } = await core().execute('approvals.request', { linkId, alias, message });
  notify({ tone: 'good', title: `Approval of ${output.alias} on ${output.link.label} is requested` });
}

/** What can be pressed in the toast of a failure. */
function wayOut({ code, details }: VitrineError): { readonly action?: { readonly label: string; readonly onPress: () => void } } {
  const { alias, linkId } = details;
  if (code !== 'approval_required' || typeof alias !== 'string' || typeof linkId !== 'number') return {};
  return {
    action: {
      label: 'Request approval',
      onPress: () => {
        requestApproval(linkId as LinkId, alias).catch(notifyFailure);
      },
    },
  };
}
