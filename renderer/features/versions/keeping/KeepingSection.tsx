import { useState } from 'react';
import type { EffectiveTimeToLive, Hold, HoldTarget, InputOf } from '#shared/contract/index.ts';
import { askReason, runCommand, useOperation } from '../../../app/api/index.ts';
import { barred, useWhyNot } from '../../../app/rights.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { Avatar, Badge, Button, formatDuration, formatQuantity, RelativeTime, SkeletonLines } from '../../../ui/index.ts';
import { Lock, LockOpen, Timer } from '../../../ui/icons.ts';
import { Section } from '../parts/Facts.tsx';
import { TimeToLiveDialog } from './TimeToLiveDialog.tsx';
import styles from './Keeping.module.css';

type Target = InputOf<'ttl.get'>['target'];

export type KeepingSectionProps = {
  /** A version or an artifact. */
  readonly target: Target & HoldTarget;
  /** How it is called, for questions: “minilm v3”. */
  readonly name: string;
  /** The team in whose project it lies. */
  readonly team: string;
};

/** How long it is kept: its time to live with where that was set, and the holds that keep it whatever that says. */
export function KeepingSection({ target, name, team }: KeepingSectionProps) {
  const ttl = useOperation('ttl.get', { target });
  const holds = useOperation('holds.list', { target });
  const [editing, setEditing] = useState(false);
  const whyNot = useWhyNot();
  const place = async (): Promise<void> => {
    const why = await askReason({ title: `Hold ${name}?`, description: 'It can’t be deleted and doesn’t lapse until the hold is released.', verb: 'Hold', required: true });
    if (why !== null) await runCommand('holds.place', { target, reason: why }, { done: `${name} is held` });
  };
  const error = ttl.error ?? holds.error;
  if (error !== null) return <PlaceFailure error={error} compact />;
  return (
    <Section
      title="Keeping"
      actions={
        <>
          <Button size="small" icon={Timer} onClick={() => setEditing(true)} {...barred(whyNot('ttl.set', { team }))}>
            Time to live…
          </Button>
          <Button size="small" icon={Lock} onClick={() => void place()} {...barred(whyNot('holds.place', { team }))}>
            Hold…
          </Button>
        </>
      }
    >
      {ttl.data === undefined ? <SkeletonLines lines={1} /> : <p>{lapseWords(ttl.data, target.kind)}</p>}
      {holds.data !== undefined && holds.data.items.length > 0 && (
        <ul className={styles.holds} aria-label="Holds">
          {holds.data.items.map((hold) => (
            <HoldRow key={hold.id} hold={hold} reason={whyNot('holds.release', { team })} />
          ))}
        </ul>
      )}
      {editing && ttl.data !== undefined && <TimeToLiveDialog target={target} name={name} now={ttl.data} onClose={() => setEditing(false)} />}
    </Section>
  );
}

function HoldRow({ hold, reason }: { readonly hold: Hold; readonly reason: string | null }) {
  const release = async (): Promise<void> => {
    const why = await askReason({ title: `Release the hold on ${hold.object.label}?`, description: `Placed because: ${hold.reason}`, verb: 'Release', required: true });
    if (why !== null) await runCommand('holds.release', { id: hold.id, reason: why }, { done: `The hold on ${hold.object.label} is released` });
  };
  return (
    <li className={styles.hold}>
      <Badge tone="caution" icon={Lock}>
        held
      </Badge>
      <span className={styles.why}>
        {hold.reason}
        {hold.object.kind === 'artifact' && <span className={styles.dim}> · the whole artifact</span>}
      </span>
      <span className={styles.by}>
        <Avatar name={hold.placedBy.displayName} /> {hold.placedBy.displayName} · <RelativeTime time={hold.placedAt} />
      </span>
      <Button size="small" icon={LockOpen} aria-label={`Release the hold: ${hold.reason}`} onClick={() => void release()} {...barred(reason)}>
        Release…
      </Button>
    </li>
  );
}

/** What the setting comes to, in a sentence. */
function lapseWords(ttl: EffectiveTimeToLive, kind: Target['kind']) {
  if (ttl.effective === null) return <>Kept until somebody deletes it.</>;
  const set = `${formatQuantity(ttl.effective.days, 'day')}${ttl.effective.from === kind ? '' : `, set for the ${ttl.effective.from}`}`;
  if (ttl.held) return <>Kept for {set}, but a hold keeps it for as long as it stands.</>;
  if (ttl.lapse === null) return <>New versions are kept for {set}.</>;
  switch (ttl.lapse.kind) {
    case 'never':
      return <>Kept until somebody deletes it.</>;
    case 'paused':
      return (
        <>
          Kept for {set}; the clock stands while it is linked, with {formatDuration(ttl.lapse.leftMilliseconds)} left.
        </>
      );
    case 'at':
      return (
        <>
          Kept for {set}: it goes to the trash <RelativeTime time={ttl.lapse.at} />.
        </>
      );
  }
}
