import { useState, type ReactNode } from 'react';
import type { OutputOf, Progress } from '#shared/contract/index.ts';
import { cache, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { bridge } from '../../app/bridge.ts';
import { PlaceLink, placeOfRef } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { AlertDialog, Button, CopyButton, EmptyState, formatBytes, formatCount, formatQuantity, IconButton, ProgressBar, RelativeTime, Segmented, Size, Skeleton } from '../../ui/index.ts';
import { CircleAlert, CircleCheck, FolderOpen, HardDrive, Package, RefreshCw, Scan, ShieldCheck, Trash2 } from '../../ui/icons.ts';
import { collectStorage, useStorageTasks, verifyStorage, type Task } from './tasks.ts';
import styles from './Storage.module.css';

type Usage = OutputOf<'storage.usage'>;

/** What takes the space, whether it is whole, and what could be given back. */
export function StoragePlace() {
  const usage = useOperation('storage.usage', {});
  const status = useOperation('catalog.status', {});
  const directory = status.data?.directory;
  return (
    <>
      <PlaceHeader
        icon={HardDrive}
        title="Storage"
        facts={directory === undefined ? undefined : <span className={styles.directory} title={directory}>{directory}</span>}
        actions={
          <>
            {directory !== undefined && (
              <Button icon={FolderOpen} onClick={() => void bridge().revealInFolder(directory)}>
                Show the folder
              </Button>
            )}
            <IconButton icon={RefreshCw} label="Count again" onClick={() => void cache.invalidateQueries({ queryKey: ['storage.usage'] })} />
          </>
        }
      />
      <PlaceBody>
        {usage.error !== null ? (
          <PlaceFailure error={usage.error} retry={usage.retry} />
        ) : usage.data === undefined ? (
          <div className={styles.page} aria-busy>
            <Skeleton height={138} />
            <Skeleton height={190} />
            <Skeleton height={320} />
          </div>
        ) : (
          <div className={styles.page}>
            <Overview usage={usage.data} />
            <Care empty={usage.data.objects === 0} />
            <Largest usage={usage.data} />
          </div>
        )}
      </PlaceBody>
    </>
  );
}

function Overview({ usage }: { readonly usage: Usage }) {
  const saved = Math.max(0, usage.logicalBytes - usage.bytes);
  const share = usage.logicalBytes === 0 ? 0 : saved / usage.logicalBytes;
  // What is in the store beyond every version's files: the trash and leftovers.
  const beyond = Math.max(0, usage.bytes - usage.logicalBytes);
  const parts = [
    { key: 'store', label: 'Store', bytes: usage.bytes },
    { key: 'catalog', label: 'Catalog', bytes: usage.catalogBytes },
    ...(usage.freeBytes === null ? [] : [{ key: 'free', label: 'Free on this disk', bytes: usage.freeBytes }]),
  ];
  const total = parts.reduce((sum, part) => sum + part.bytes, 0);
  return (
    <section aria-label="Overview">
      <dl className={styles.figures}>
        <Figure label="In the store" value={<Size bytes={usage.bytes} />} note={formatQuantity(usage.objects, 'object')} />
        <Figure
          label="Saved by deduplication"
          value={<Size bytes={saved} />}
          note={saved > 0 ? `${percent(share)} of ${formatBytes(usage.logicalBytes)} in all versions` : beyond > 0 ? 'nothing is held twice yet' : 'no file is held by two versions yet'}
        />
        <Figure label="Catalog file" value={<Size bytes={usage.catalogBytes} />} note="names, links, history, search" />
        <Figure label="Free space" value={usage.freeBytes === null ? '–' : <Size bytes={usage.freeBytes} />} note={usage.freeBytes === null ? 'the system does not say' : 'on the disk of the data folder'} low={usage.freeBytes !== null && usage.freeBytes < 1024 ** 3} />
      </dl>
      <div className={styles.disk} aria-hidden>
        {parts.map((part) => (
          <span key={part.key} data-part={part.key} style={{ flexGrow: total === 0 ? 1 : part.bytes / total }} />
        ))}
      </div>
      <ul className={styles.legend} aria-label="Parts of the bar">
        {parts.map((part) => (
          <li key={part.key} data-part={part.key}>
            {part.label} <Size bytes={part.bytes} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Figure({ label, value, note, low = false }: { readonly label: string; readonly value: ReactNode; readonly note: string; readonly low?: boolean }) {
  return (
    <div className={styles.figure}>
      <dt>{label}</dt>
      <dd className={styles.value}>{value}</dd>
      <dd className={styles.note}>{low ? <span className={styles.low}><CircleAlert aria-hidden /> little room is left</span> : note}</dd>
    </div>
  );
}

const shares = [
  { value: '0.01', label: '1 %' }, { value: '0.1', label: '10 %' }, { value: '1', label: 'Everything' },
] as const;
type Share = (typeof shares)[number]['value'];

function Care({ empty }: { readonly empty: boolean }) {
  const { verify, collect } = useStorageTasks();
  const [share, setShare] = useState<Share>('0.1');
  const [asking, setAsking] = useState(false);
  const whyNot = useWhyNot();
  const mayVerify = whyNot('storage.verify', 'organization');
  const mayCollect = whyNot('storage.collect', 'organization');
  const found = collect.answer;
  return (
    <section className={styles.care} aria-label="Care">
      <div className={styles.act}>
        <h2>
          <ShieldCheck aria-hidden /> Verify
        </h2>
        <p className={styles.dim}>Reads stored bytes and compares them with their digests. What is damaged is put aside and named. A share takes a part by chance, so that verifying now and then comes around to everything.</p>
        <div className={styles.row}>
          <Segmented label="How much to read" size="small" options={shares} value={share} onValueChange={setShare} />
          <Button icon={ShieldCheck} busy={verify.cancel !== null} {...barred(mayVerify ?? (empty ? 'Nothing is stored yet.' : null))} onClick={() => void verifyStorage(Number(share))}>
            {share === '1' ? 'Verify everything' : `Verify ${shares.find((one) => one.value === share)?.label ?? ''}`}
          </Button>
        </div>
        <Outcome task={verify} label="Verifying" retry={() => void verifyStorage(Number(share))}>
          {verify.answer !== null &&
            (verify.answer.damaged.length === 0 ? (
              <Said tone="good" at={verify.answer.at}>
                {verify.answer.objects === 0 ? (
                  'Nothing fell into this share; take a larger one.'
                ) : (
                  <>
                    <strong>All well.</strong> {formatQuantity(verify.answer.objects, 'object')}, {formatBytes(verify.answer.bytes)}, {verify.answer.share >= 1 ? 'all there is' : `a share of about ${percent(verify.answer.share)}`}.
                  </>
                )}
              </Said>
            ) : (
              <>
                <Said tone="danger" at={verify.answer.at}>
                  <strong>{formatQuantity(verify.answer.damaged.length, 'object')} damaged</strong> of {formatCount(verify.answer.objects)}. Log the files again, or fetch them from a remote that has them: the same bytes take the place of the damaged ones.
                </Said>
                <ul className={styles.damaged}>
                  {verify.answer.damaged.slice(0, 100).map((digest) => (
                    <li key={digest}>
                      <code>{digest}</code>
                      <CopyButton text={digest} label={`Copy ${digest.slice(0, 8)}`} />
                    </li>
                  ))}
                  {verify.answer.damaged.length > 100 && <li>and {formatCount(verify.answer.damaged.length - 100)} more</li>}
                </ul>
              </>
            ))}
        </Outcome>
      </div>
      <div className={styles.act}>
        <h2>
          <Scan aria-hidden /> Free what nothing needs
        </h2>
        <p className={styles.dim}>Bytes that no version refers to any more, once their time in the trash is over. First it only says what it would free; nothing goes before you have seen that.</p>
        <div className={styles.row}>
          <Button icon={Scan} busy={collect.cancel !== null && found === null} {...barred(mayCollect)} onClick={() => void collectStorage(true)}>
            {found?.simulated === true ? 'Look again' : 'See what can be freed'}
          </Button>
          {found?.simulated === true && found.objects > 0 && (
            <Button icon={Trash2} variant="danger" {...barred(mayCollect)} onClick={() => setAsking(true)}>
              Free {formatBytes(found.bytes)}…
            </Button>
          )}
        </div>
        <Outcome task={collect} label="Looking through the store" retry={() => void collectStorage(true)}>
          {found !== null && (
            <Said tone="good" at={found.at}>
              {found.simulated ? (
                found.objects === 0 ? (
                  <>
                    <strong>Nothing to free.</strong> {found.youngObjects > 0 || found.keptBytes > 0 ? 'What nothing needs has to stay for now:' : 'Everything that is stored belongs to a version.'}
                  </>
                ) : (
                  <>
                    <strong>{formatBytes(found.bytes)} can be freed</strong> in {formatQuantity(found.objects, 'object')}. Nothing was removed yet.
                  </>
                )
              ) : (
                <>
                  <strong>Freed {formatBytes(found.bytes)}</strong> in {formatQuantity(found.objects, 'object')}.
                </>
              )}
            </Said>
          )}
          {found !== null && (found.youngObjects > 0 || found.keptBytes > 0) && (
            <ul className={styles.stays} aria-label="What stays for now, and why">
              {found.youngObjects > 0 && (
                <li>
                  {formatQuantity(found.youngObjects, 'object')} nothing needs {found.youngObjects === 1 ? 'stays' : 'stay'}: stored within the last hour, so {found.youngObjects === 1 ? 'its' : 'their'} place in the catalog may still be on its way. Look again in an hour.
                </li>
              )}
              {found.keptBytes > 0 && (
                <li>
                  {formatBytes(found.keptBytes)} nothing needs stay: they lie in packs with bytes that are needed, and rewriting those isn’t worth it yet. They go once more of their pack does.
                </li>
              )}
            </ul>
          )}
        </Outcome>
      </div>
      <AlertDialog
        open={asking && found !== null}
        onOpenChange={setAsking}
        title={`Free ${formatBytes(found?.bytes ?? 0)}?`}
        description="This can’t be undone: the bytes are gone from this machine."
        consequences={[`Removes ${formatQuantity(found?.objects ?? 0, 'object')} that no version refers to`, 'No version, link or alias changes', 'What is in the trash stays restorable']}
        confirmLabel="Free them"
        onConfirm={() => {
          setAsking(false);
          void collectStorage(false);
        }}
      />
    </section>
  );
}

/** Progress while it runs, then what it came to. */
function Outcome({ task, label, retry, children }: { readonly task: Task<unknown>; readonly label: string; readonly retry: () => void; readonly children: ReactNode }) {
  if (task.cancel !== null) return <Running progress={task.progress} label={label} cancel={task.cancel} />;
  if (task.failure !== null) return <PlaceFailure error={task.failure} retry={retry} compact />;
  return <div aria-live="polite">{children}</div>;
}

function Running({ progress, label, cancel }: { readonly progress: Progress | null; readonly label: string; readonly cancel: () => void }) {
  return <ProgressBar label={label} value={progress?.done ?? 0} {...(progress?.total == null ? {} : { total: progress.total })} unit={progress?.unit === 'bytes' ? 'bytes' : 'count'} onCancel={cancel} />;
}

function Said({ tone, at, children }: { readonly tone: 'good' | 'danger'; readonly at: number; readonly children: ReactNode }) {
  const Mark = tone === 'good' ? CircleCheck : CircleAlert;
  return (
    <p className={styles.said} data-tone={tone}>
      <Mark aria-hidden />
      <span>
        {children}{' '}
        <span className={styles.dim}>
          <RelativeTime time={at} />
        </span>
      </span>
    </p>
  );
}

function Largest({ usage }: { readonly usage: Usage }) {
  const most = usage.largest[0]?.bytes ?? 0;
  return (
    <section aria-label="Largest artifacts">
      <div className={styles.sectionHead}>
        <h2>Largest artifacts</h2>
        <span className={styles.dim}>all versions together, before deduplication</span>
      </div>
      {usage.largest.length === 0 ? (
        <EmptyState compact icon={Package} title="Nothing is stored yet" text="Log a version: drop files or a folder onto the window. What takes the most room then stands here." />
      ) : (
        <ul className={styles.largest}>
          {usage.largest.map((one) => {
            const place = placeOfRef(one);
            return (
              <li key={one.artifactId}>
                <span className={styles.artifact}>
                  <Package aria-hidden />
                  {place === null ? <span className={styles.clip}>{one.label}</span> : <PlaceLink to={place} className={styles.clip}>{one.label}</PlaceLink>}
                </span>
                <span className={styles.track} aria-hidden>
                  <span style={{ width: `${most === 0 ? 0 : Math.max(0.5, (100 * one.bytes) / most)}%` }} />
                </span>
                <span className={styles.count}>{formatQuantity(one.versions, 'version')}</span>
                <span className={styles.bytes}>
                  <Size bytes={one.bytes} />
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? '< 1' : Math.round(value)} %`;
}
