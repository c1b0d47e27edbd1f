import { useState } from 'react';
import type { OutputOf } from '#shared/contract/index.ts';
import { askReason, runCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot, whereOf } from '../../app/rights.ts';
import { PlaceLink, placeOfRef } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { AliasChip, Badge, Button, EmptyState, formatQuantity, RelativeTime, Segmented, SkeletonLines, StatusDot, VisuallyHidden } from '../../ui/index.ts';
import { ShieldCheck } from '../../ui/icons.ts';
import { GatesDialog } from './GatesDialog.tsx';
import { PassOnDialog } from './PassOnDialog.tsx';
import styles from './Approvals.module.css';

type Approval = OutputOf<'approvals.list'>['items'][number];
/** What somebody has yet to decide or put. */
const undecided: Approval['state'][] = ['open', 'granted'];

type Shown = 'mine' | 'open' | 'all';

const stateTones = { open: 'accent', granted: 'good', done: 'good', refused: 'danger', withdrawn: 'neutral' } as const;
const stateWords = { open: 'open', granted: 'granted', done: 'put', refused: 'refused', withdrawn: 'withdrawn' } as const;

/** What waits for somebody’s word, and what was decided. */
export function ApprovalsPlace() {
  const [shown, setShown] = useState<Shown>('open');
  const [gates, setGates] = useState(false);
  const approvals = useOperation('approvals.list', { limit: 200, forMe: shown === 'mine', ...(shown === 'open' ? { states: undecided } : {}) });
  const whyNot = useWhyNot();
  const items = approvals.data?.items ?? [];
  return (
    <>
      <PlaceHeader
        icon={ShieldCheck}
        title="Approvals"
        facts={approvals.data === undefined ? undefined : <span>{approvals.data.total === 0 ? 'none' : formatQuantity(approvals.data.total, 'request')}</span>}
        actions={
          <Button icon={ShieldCheck} {...barred(whyNot('gates.set', 'somewhere'))} onClick={() => setGates(true)}>
            Gates…
          </Button>
        }
      />
      <PlaceBody>
        <div className={styles.page}>
          <Segmented
            label="Which requests"
            options={[
              { value: 'mine', label: 'Waiting for me' },
              { value: 'open', label: 'Open' },
              { value: 'all', label: 'All' },
            ]}
            value={shown}
            onValueChange={setShown}
          />
          {approvals.error !== null && approvals.data === undefined ? (
            <PlaceFailure error={approvals.error} retry={approvals.retry} />
          ) : approvals.data === undefined ? (
            <SkeletonLines lines={4} />
          ) : items.length === 0 ? (
            <EmptyState
              icon={ShieldCheck}
              title={shown === 'mine' ? 'Nothing waits for you' : shown === 'open' ? 'Nothing is open' : 'Nothing was requested yet'}
              text="A registry can want somebody else’s word, and checks that pass, before an alias such as production is put. Set that up under “Gates…”; whoever then puts the alias is offered to ask for it."
            />
          ) : (
            <>
              <VisuallyHidden>
                <h2>Requests</h2>
              </VisuallyHidden>
              <ul className={styles.list} aria-label="Requests for approval">
                {items.map((item) => (
                  <Request key={item.id} item={item} />
                ))}
              </ul>
            </>
          )}
        </div>
      </PlaceBody>
      {gates && <GatesDialog onClose={() => setGates(false)} />}
    </>
  );
}

function Request({ item }: { readonly item: Approval }) {
  const [passing, setPassing] = useState(false);
  const place = placeOfRef(item.link);
  const what = `${item.alias} on ${item.link.label}`;
  const whyNot = useWhyNot();
  const where = whereOf(place);
  const mayDecide = whyNot('approvals.decide', where) ?? (item.mayDecide ? null : 'Nobody approves their own request; and it takes the right role, or to be asked.');
  const mayPassOn = whyNot('approvals.delegate', where) ?? (item.mayDecide ? null : 'This one is for others to decide.');
  const self = useOperation('catalog.status', {}).data?.user.id;
  // One’s own by whoever may ask; others’ by who sets the gates.
  const mayWithdraw = whyNot(item.requestedBy.id === self ? 'approvals.withdraw' : 'gates.set', where);
  const say = async (vote: 'refuse' | 'comment', title: string, verb: string): Promise<void> => {
    const comment = await askReason({ title, description: what, verb, required: true });
    if (comment !== null) await runCommand('approvals.decide', { id: item.id, vote, comment }, { done: vote === 'refuse' ? `Refused ${what}` : 'Said' });
  };
  return (
    <li className={styles.item}>
      <div className={styles.headline}>
        <h3>
          <AliasChip alias={item.alias} isProtected />
          {item.from === null ? 'on' : `from v${item.from} to`}
          {place === null ? <span>{item.link.label}</span> : <PlaceLink to={place}>{item.link.label}</PlaceLink>}
        </h3>
        <StatusDot tone={stateTones[item.state]} label={stateWords[item.state]} />
      </div>
      <p className={styles.dim}>
        {item.requestedBy.displayName} asked <RelativeTime time={item.requestedAt} />
        {item.reviewers.length === 0 ? '' : ` of ${item.reviewers.map((user) => user.displayName).join(', ')}`}
        {item.state === 'open' && item.missing > 0 ? `; ${item.missing} of ${formatQuantity(item.needed, 'approval')} still needed` : ''}.
      </p>
      {item.message !== '' && <p>“{item.message}”</p>}
      {(item.checks.length > 0 || item.votes.length > 0) && (
        <ul className={styles.lines} aria-label={`Checks and words about ${what}`}>
          {item.checks.map((check) => (
            <li key={check.check}>
              <StatusDot tone={check.passed === true ? 'good' : check.passed === false ? 'danger' : 'neutral'} hollow={check.passed === null} label={`${check.check}: ${check.detail}`} />
            </li>
          ))}
          {item.votes.map((vote) => (
            <li key={`${vote.at} ${vote.user.id}`}>
              <Badge tone={vote.vote === 'grant' ? 'good' : vote.vote === 'refuse' ? 'danger' : 'neutral'}>{vote.vote === 'grant' ? 'granted' : vote.vote === 'refuse' ? 'refused' : 'said'}</Badge> {vote.user.displayName}
              {vote.comment === '' ? '' : `: ${vote.comment}`} <span className={styles.dim}><RelativeTime time={vote.at} /></span>
            </li>
          ))}
        </ul>
      )}
      {item.state === 'open' && (
        <div className={styles.acts}>
          <Button variant="primary" {...barred(mayDecide)} aria-label={`Grant ${what}`} onClick={() => void runCommand('approvals.decide', { id: item.id, vote: 'grant' }, { done: `Granted ${what}` })}>
            Grant
          </Button>
          <Button {...barred(mayDecide)} aria-label={`Refuse ${what}`} onClick={() => void say('refuse', 'Why is it refused?', 'Refuse')}>
            Refuse…
          </Button>
          <Button {...barred(whyNot('approvals.decide', where))} aria-label={`Comment on ${what}`} onClick={() => void say('comment', 'What is to be said?', 'Say it')}>
            Comment…
          </Button>
          {item.checks.length > 0 && (
            <Button {...barred(whyNot('approvals.check', where))} aria-label={`Check again: ${what}`} onClick={() => void runCommand('approvals.check', { id: item.id }, { done: 'Checked again', activity: `Checking ${what}` })}>
              Check again
            </Button>
          )}
          <Button {...barred(mayPassOn)} aria-label={`Pass on ${what}`} onClick={() => setPassing(true)}>
            Pass on…
          </Button>
          <Button {...barred(whyNot('approvals.remind', where))} aria-label={`Remind of ${what}`} onClick={() => void runCommand('approvals.remind', { id: item.id }, { done: 'Reminded' })}>
            Remind
          </Button>
          <Button {...barred(mayWithdraw)} aria-label={`Withdraw ${what}`} onClick={() => void runCommand('approvals.withdraw', { id: item.id }, { done: `Took back the request for ${what}` })}>
            Withdraw
          </Button>
        </div>
      )}
      {passing && <PassOnDialog approval={item} onClose={() => setPassing(false)} />}
    </li>
  );
}
