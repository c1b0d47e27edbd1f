import { useState } from 'react';
import type { OutputOf } from '#shared/contract/index.ts';
import { notify, runCommand, undoOffered, useOperation, useSubmit } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { AlertDialog, Badge, Button, CodeBlock, Dialog, Digest, Field, IconButton, Input, RelativeTime, SkeletonLines, StatusDot, TextArea } from '../../ui/index.ts';
import { Globe, KeyRound, Plus, SquareTerminal, X } from '../../ui/icons.ts';
import styles from './Automations.module.css';

type Secret = OutputOf<'secrets.list'>['items'][number];
type Job = OutputOf<'jobs.list'>['items'][number];

/** What automations may use and reach: secrets, which nobody is shown again, commands of this machine, private addresses. */
export function Means() {
  return (
    <section aria-label="Secrets, jobs and addresses" className={styles.means}>
      <Secrets />
      <Jobs />
      <Addresses />
    </section>
  );
}

function Secrets() {
  const whyNot = useWhyNot();
  const maySet = whyNot('secrets.set', 'organization');
  const secrets = useOperation('secrets.list', {}, { enabled: maySet === null });
  const [setting, setSetting] = useState<string | null>(null);
  const [forgetting, setForgetting] = useState<Secret | null>(null);
  return (
    <section aria-label="Secrets">
      <div className={styles.headline}>
        <h2>Secrets</h2>
        <Button icon={KeyRound} {...barred(maySet)} onClick={() => setSetting('')}>
          New secret…
        </Button>
      </div>
      {maySet !== null ? (
        <p className={styles.dim}>{maySet}</p>
      ) : secrets.error !== null && secrets.data === undefined ? (
        <PlaceFailure error={secrets.error} retry={secrets.retry} compact />
      ) : secrets.data === undefined ? (
        <SkeletonLines lines={2} />
      ) : secrets.data.items.length === 0 ? (
        <p className={styles.dim}>None yet. Tokens and signing keys are kept {secrets.data.kind === 'keychain' ? 'in the system’s keychain' : 'in a file that only you can read'}, and shown to nobody again.</p>
      ) : (
        <ul className={styles.list} aria-label="Secrets of automations">
          {secrets.data.items.map((secret) => (
            <li key={secret.name} className={styles.item}>
              <div className={styles.what}>
                <h3 className={styles.mono}>{secret.name}</h3>
                <p>
                  Set <RelativeTime time={secret.updatedAt} /> by {secret.createdBy.displayName}; {secret.usedBy.length === 0 ? 'used by none' : `used by ${secret.usedBy.join(', ')}`}
                </p>
                {!secret.here && (
                  <p className={styles.problem}>
                    {secret.keptIn === secrets.data?.kind ? 'Its value is gone: set it again.' : secret.keptIn === 'file' ? 'It was set by a Vitrine without a window (vitrine serve, the command line), whose secrets this one can’t read: set it here, too.' : 'It was set in the app with a window, whose keychain this Vitrine can’t read: set it here, too.'}
                  </p>
                )}
              </div>
              <div className={styles.acts}>
                <Button size="small" {...barred(maySet)} aria-label={`Replace ${secret.name}`} onClick={() => setSetting(secret.name)}>
                  Replace…
                </Button>
                <Button size="small" {...barred(whyNot('secrets.remove', 'organization'))} aria-label={`Forget ${secret.name}`} onClick={() => setForgetting(secret)}>
                  Forget…
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {setting !== null && <SecretDialog name={setting} onClose={() => setSetting(null)} />}
      <AlertDialog
        open={forgetting !== null}
        onOpenChange={(open) => !open && setForgetting(null)}
        title={`Forget ${forgetting?.name ?? ''}?`}
        description={forgetting === null || forgetting.usedBy.length === 0 ? 'No automation uses it.' : `What ${forgetting.usedBy.join(', ')} sends will fail until it is set again.`}
        confirmLabel="Forget"
        onConfirm={async () => {
          if (forgetting !== null) await runCommand('secrets.remove', { name: forgetting.name }, { done: `Forgot ${forgetting.name}` });
        }}
      />
    </section>
  );
}

function SecretDialog({ name: standing, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [name, setName] = useState(standing);
  const [value, setValue] = useState('');
  const { busy, failure, submit } = useSubmit(async () => {
    await runCommand('secrets.set', { name: name.trim(), value }, { toast: false });
    onClose();
  });
  const named = /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name.trim());
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={standing === '' ? 'New secret' : `Replace ${standing}`}
      description="It is kept encrypted and shown to nobody again, not in the log of what was sent either."
      width="narrow"
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!named || value === ''} disabledReason={named ? 'Give its value.' : 'Give it a name of letters, digits and _.'}>
            Keep it
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        {standing === '' && (
          <Field label="Name" hint="As in a shell: DEPLOY_TOKEN" {...(name === '' || named ? {} : { error: 'Letters, digits and _, not beginning with a digit.' })}>
            <Input mono value={name} onValueChange={setName} autoFocus maxLength={100} />
          </Field>
        )}
        <Field label="Value" {...(failure === null ? {} : { error: failure })}>
          <Input mono type="password" autoComplete="off" value={value} onValueChange={setValue} autoFocus={standing !== ''} maxLength={10_000} />
        </Field>
      </div>
    </Dialog>
  );
}

const jobTones = { approved: 'good', changed: 'danger', missing: 'caution' } as const;
const jobWords = { approved: 'As approved', changed: 'Changed since: it will not run', missing: 'Its program is not there' } as const;

function Jobs() {
  const whyNot = useWhyNot();
  const mayApprove = whyNot('jobs.approve', 'organization');
  const jobs = useOperation('jobs.list', {}, { enabled: mayApprove === null });
  const [approving, setApproving] = useState<Partial<Job> | null>(null);
  const [removing, setRemoving] = useState<Job | null>(null);
  return (
    <section aria-label="Local jobs">
      <div className={styles.headline}>
        <h2>Local jobs</h2>
        <Button icon={SquareTerminal} {...barred(mayApprove)} onClick={() => setApproving({})}>
          Approve a command…
        </Button>
      </div>
      {mayApprove !== null ? (
        <p className={styles.dim}>{mayApprove}</p>
      ) : jobs.error !== null && jobs.data === undefined ? (
        <PlaceFailure error={jobs.error} retry={jobs.retry} compact />
      ) : jobs.data === undefined ? (
        <SkeletonLines lines={2} />
      ) : jobs.data.items.length === 0 ? (
        <p className={styles.dim}>None is approved. An automation runs only what stands here, exactly as it was approved: a change of the program asks again.</p>
      ) : (
        <ul className={styles.list} aria-label="Approved commands">
          {jobs.data.items.map((job) => (
            <li key={job.name} className={styles.item}>
              <div className={styles.what}>
                <h3>{job.name}</h3>
                <CodeBlock code={commandText(job.command)} wrap />
                <p>
                  in {job.folder}, at most {job.timeout} s
                </p>
                <div className={styles.facts}>
                  <StatusDot tone={jobTones[job.state]} label={jobWords[job.state]} />
                  <span className={styles.dim}>
                    approved <RelativeTime time={job.approvedAt} /> by {job.approvedBy.displayName}, SHA-256 <Digest digest={job.hash} />
                  </span>
                </div>
              </div>
              <div className={styles.acts}>
                {job.state === 'changed' && (
                  <Button size="small" variant="primary" {...barred(mayApprove)} aria-label={`Approve ${job.name} again`} onClick={() => setApproving(job)}>
                    Approve again…
                  </Button>
                )}
                <Button size="small" {...barred(whyNot('jobs.remove', 'organization'))} aria-label={`Withdraw ${job.name}`} onClick={() => setRemoving(job)}>
                  Withdraw…
                </Button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {approving !== null && <JobDialog job={approving} onClose={() => setApproving(null)} />}
      <AlertDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={`Withdraw the approval of “${removing?.name ?? ''}”?`}
        description="Automations can’t run it any more. The program itself stays as it is."
        confirmLabel="Withdraw"
        onConfirm={async () => {
          if (removing !== null) await runCommand('jobs.remove', { name: removing.name }, { done: `“${removing.name}” may run no more` });
        }}
      />
    </section>
  );
}

function JobDialog({ job, onClose }: { readonly job: Partial<Job>; readonly onClose: () => void }) {
  const [name, setName] = useState(job.name ?? '');
  const [command, setCommand] = useState(job.command?.join('\n') ?? '');
  const [folder, setFolder] = useState(job.folder ?? '');
  const [seconds, setSeconds] = useState(String(job.timeout ?? 600));
  const parts = command.split('\n').filter((part) => part !== '');
  const timeout = /^\d{1,5}$/u.test(seconds.trim()) ? Number(seconds) : 0;
  const { busy, failure, submit } = useSubmit(async () => {
    await runCommand('jobs.approve', { name: name.trim(), command: parts, folder: folder.trim(), timeout }, { toast: false });
    onClose();
  });
  const lacking = name.trim() === '' ? 'Give it a name.' : parts.length === 0 ? 'Say what to run.' : folder.trim() === '' ? 'Say in which folder.' : timeout < 1 || timeout > 86_400 ? 'Give it between 1 and 86,400 seconds.' : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={job.name === undefined ? 'Approve a command' : `Approve “${job.name}” again`}
      description="It runs as you, on this machine. The event comes in its environment (VITRINE_ALIAS …) and as JSON on its standard input; nothing of it becomes part of the command."
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={lacking !== null} disabledReason={lacking ?? ''}>
            Approve
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <Field label="Name" {...(failure === null ? {} : { error: failure })}>
          <Input value={name} onValueChange={setName} autoFocus maxLength={100} disabled={job.name !== undefined} />
        </Field>
        <Field label="Command" hint="The program by its whole path, then each argument, a line each: no shell reads it">
          <TextArea mono rows={4} value={command} placeholder={'/usr/bin/python3\n/home/ada/deploy.py'} onValueChange={setCommand} />
        </Field>
        <Field label="Working folder">
          <Input mono value={folder} placeholder="/home/ada" onValueChange={setFolder} />
        </Field>
        <Field label="Seconds it may take">
          <Input mono value={seconds} onValueChange={setSeconds} inputMode="numeric" />
        </Field>
        {parts.length > 0 && (
          <div className={styles.whole}>
            <p className={styles.dim}>What will run, whole:</p>
            <CodeBlock code={commandText(parts)} wrap />
          </div>
        )}
      </div>
    </Dialog>
  );
}

/** Each part by itself, so that a space inside of one is seen. */
function commandText(parts: readonly string[]): string {
  return parts.map((part) => (/^[\w./:=@%+,-]+$/u.test(part) ? part : JSON.stringify(part))).join(' ');
}

function Addresses() {
  const mayAllow = useWhyNot()('allowedHosts.set', 'organization');
  const allowed = useOperation('allowedHosts.list', {}, { enabled: mayAllow === null });
  const [host, setHost] = useState('');
  const hosts = allowed.data?.hosts ?? [];
  const { busy, failure, submit, forgive } = useSubmit(async () => {
    const done = await runCommand('allowedHosts.set', { hosts: [...hosts, host.trim()] }, { toast: false });
    if (done !== null && done.undo !== null) notify({ tone: 'good', title: `Automations may reach ${host.trim()}`, ...undoOffered(done.undo) });
    setHost('');
  });
  return (
    <section aria-label="Allowed addresses">
      <div className={styles.headline}>
        <h2>Allowed addresses</h2>
      </div>
      <p className={styles.dim}>Automations reach the public internet. This machine and private networks only under the names that stand here.</p>
      {allowed.error !== null && allowed.data === undefined ? (
        <PlaceFailure error={allowed.error} retry={allowed.retry} compact />
      ) : (
        <>
          {hosts.length > 0 && (
            <ul className={styles.hosts} aria-label="Addresses that automations may call">
              {hosts.map((each) => (
                <li key={each}>
                  <Badge icon={Globe}>{each}</Badge>
                  <IconButton icon={X} size="small" label={`Allow ${each} no more`} {...barred(mayAllow)} onClick={() => void runCommand('allowedHosts.set', { hosts: hosts.filter((one) => one !== each) }, { done: `${each} is allowed no more` })} />
                </li>
              ))}
            </ul>
          )}
          <form
            className={styles.addHost}
            onSubmit={(event) => {
              event.preventDefault();
              if (host.trim() !== '') submit();
            }}
          >
            <Field label="Host or host:port" {...(failure === null ? {} : { error: failure })}>
              <Input
                mono
                value={host}
                placeholder="localhost:8080"
                disabled={mayAllow !== null}
                onValueChange={(text) => {
                  setHost(text);
                  forgive();
                }}
              />
            </Field>
            <Button type="submit" icon={Plus} busy={busy} {...barred(mayAllow ?? (host.trim() === '' ? 'Write a host first.' : null))}>
              Allow
            </Button>
          </form>
        </>
      )}
    </section>
  );
}
