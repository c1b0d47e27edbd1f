import type { DeliveryId } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { Button, CodeBlock, Dialog, RelativeTime, SkeletonLines } from '../../ui/index.ts';
import { CircleStop, RotateCcw } from '../../ui/icons.ts';
import { indentedMessage } from './payload.ts';
import styles from './Automations.module.css';

/** One delivery, attempt by attempt: what was sent and what came back, without secrets. */
export function DeliveryDialog({ id, onClose }: { readonly id: DeliveryId; readonly onClose: () => void }) {
  const whyNot = useWhyNot();
  const mayDiscard = whyNot('deliveries.discard', 'somewhere');
  const found = useOperation('deliveries.get', { id });
  const delivery = found.data?.delivery;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={delivery === undefined ? 'Delivery' : `${delivery.automation}: ${delivery.event.label}`}
      actions={
        <>
          {delivery !== undefined && (delivery.state === 'waiting' || delivery.state === 'dead' || delivery.state === 'stopped') && (
            <Button {...barred(mayDiscard)} onClick={() => void runCommand('deliveries.discard', { ids: [id] }, { done: 'Given up' }).then(onClose)}>
              Give up
            </Button>
          )}
          {delivery?.state === 'sending' && (
            <Button icon={CircleStop} {...barred(mayDiscard)} onClick={() => void runCommand('deliveries.discard', { ids: [id] }, { done: 'Cancelled' })}>
              {delivery.action === 'job' ? 'End the job' : 'Cut off'}
            </Button>
          )}
          <Button icon={RotateCcw} {...barred(whyNot('deliveries.replay', 'somewhere') ?? (delivery === undefined || delivery.state === 'sending' ? 'It is on its way.' : null))} onClick={() => void runCommand('deliveries.replay', { ids: [id] }, { done: 'Queued again' }).then(onClose)}>
            Send again
          </Button>
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {found.error !== null && found.data === undefined ? (
        <PlaceFailure error={found.error} retry={found.retry} compact />
      ) : found.data === undefined ? (
        <SkeletonLines lines={4} />
      ) : (
        <div className={styles.attempts}>
          {found.data.delivery.maybeTwice && <p>Vitrine ended in the middle of an attempt: it may have arrived twice, under the same idempotency key.</p>}
          {found.data.attempts.length === 0 && <p className={styles.dim}>{found.data.delivery.problem ?? 'No attempt was made yet.'}</p>}
          {found.data.attempts.map((attempt, index) => (
            <section key={attempt.at} className={styles.attempt} aria-label={`Attempt ${index + 1}`}>
              <p>
                Attempt {index + 1}, <RelativeTime time={attempt.at} />
                {attempt.milliseconds === null ? '' : `, ${Math.round(attempt.milliseconds)} ms`}
                {attempt.status === null ? '' : `, status ${attempt.status}`}
                {attempt.problem === null ? '' : `: ${attempt.problem}`}
              </p>
              <CodeBlock code={indentedMessage(attempt.request)} wrap />
              {attempt.response !== '' && <CodeBlock code={indentedMessage(attempt.response)} wrap />}
            </section>
          ))}
        </div>
      )}
    </Dialog>
  );
}
