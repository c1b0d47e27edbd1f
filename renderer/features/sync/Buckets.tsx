import { useState } from 'react';
import { explainError } from '#shared/contract/explain.ts';
import type { Bucket, InputOf, OutputOf, VitrineError } from '#shared/contract/index.ts';
import { asVitrineError, core, runCommand } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { AlertDialog, Button, Checkbox, Dialog, Field, formatBytes, formatQuantity, Input } from '../../ui/index.ts';
import { Plus } from '../../ui/icons.ts';
import { CredentialFields, credentialOf, noCredential, type TypedCredential } from './CredentialFields.tsx';
import { StepList } from './StepList.tsx';
import styles from './Sync.module.css';

/** Buckets that hold bytes of versions, or of which an MLflow server keeps its artifacts in. */
export function Buckets({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Bucket | null>(null);
  const whyNot = useWhyNot();
  return (
    <section className={styles.section} aria-label="Buckets">
      <header className={styles.head}>
        <h2>Buckets</h2>
        <span className={styles.space} />
        <Button icon={Plus} {...barred(whyNot('buckets.add', 'organization'))} onClick={() => setAdding(true)}>
          Add a bucket…
        </Button>
      </header>
      {buckets.length === 0 ? (
        <p className={styles.dim}>None. A bucket of an S3-compatible store can hold bytes of versions; the catalog stays here.</p>
      ) : (
        <ul className={styles.buckets}>
          {buckets.map((bucket) => (
            <li key={bucket.id}>
              <strong>{bucket.name}</strong>
              <span className={styles.dim}>
                {bucket.bucket}
                {bucket.prefix === '' ? '' : `/${bucket.prefix}`} at {bucket.endpoint ?? bucket.region}
              </span>
              <span className={styles.space} />
              <span className={styles.dim}>
                {formatQuantity(bucket.objects, 'object')}, {formatBytes(bucket.bytes)}
              </span>
              <Button size="small" {...barred(whyNot('buckets.remove', 'organization'))} aria-label={`Remove ${bucket.name}`} onClick={() => setRemoving(bucket)}>
                Remove…
              </Button>
            </li>
          ))}
        </ul>
      )}
      {adding && <AddBucketDialog onClose={() => setAdding(false)} />}
      {removing !== null && (
        <AlertDialog
          open
          onOpenChange={(open) => !open && setRemoving(null)}
          title={`Remove “${removing.name}”?`}
          description="What lies in it stays there, and its secret is forgotten here. It is refused while it alone has bytes of a version."
          confirmLabel="Remove"
          onConfirm={async () => {
            await runCommand('buckets.remove', { id: removing.id }, { done: `Removed ${removing.name}` });
            setRemoving(null);
          }}
        />
      )}
    </section>
  );
}

const stepWords: Readonly<Record<OutputOf<'buckets.test'>['steps'][number]['step'], string>> = { address: 'Address', sign_in: 'Sign-in', read: 'Reading', write: 'Writing' };

/** Where the bucket is, the key to it, and a test that says which step failed. */
function AddBucketDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [bucket, setBucket] = useState('');
  const [endpoint, setEndpoint] = useState('');
  const [region, setRegion] = useState('us-east-1');
  const [prefix, setPrefix] = useState('');
  const [pathStyle, setPathStyle] = useState(true);
  const [typed, setTyped] = useState<TypedCredential>({ ...noCredential, kind: 'basic' });
  const [report, setReport] = useState<OutputOf<'buckets.test'> | null>(null);
  const [busy, setBusy] = useState<'test' | 'add' | null>(null);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const credential = credentialOf(typed);
  const lacking = bucket.trim() === '' ? 'Enter the bucket’s name.' : credential === null || credential.kind === 'token' ? 'The key is not complete.' : null;
  const address = (): InputOf<'buckets.test'> & { readonly bucket: string } => ({
    bucket: bucket.trim(), prefix: prefix.trim() === '' ? '' : prefix.trim().replace(/\/*$/u, '/'), endpoint: endpoint.trim() === '' ? null : endpoint.trim(), region: region.trim() === '' ? 'us-east-1' : region.trim(), pathStyle, credential: credential === null || credential.kind === 'token' ? { kind: 'none' } : credential,
  });
  const work = async (kind: 'test' | 'add', act: () => Promise<void>): Promise<void> => {
    if (busy !== null) return;
    setBusy(kind);
    setFailure(null);
    try {
      await act();
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(null);
    }
  };
  const test = (): Promise<void> => work('test', async () => setReport(await core().query('buckets.test', address())));
  const add = (): Promise<void> =>
    work('add', async () => {
      const made = await runCommand('buckets.add', { ...address(), name: name.trim() }, { toast: false });
      if (made !== null) onClose();
    });
  const set = (change: (text: string) => void) => (text: string): void => {
    change(text);
    setReport(null);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a bucket"
      description="Bytes of versions can be copied there, checked; the catalog stays here."
      keepOnOutsidePress
      onSubmit={() => void add()}
      actions={
        <>
          <Button onClick={() => void test()} busy={busy === 'test'} disabled={lacking !== null} disabledReason={lacking ?? ''}>
            Test
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy === 'add'} disabled={lacking !== null || name.trim() === ''} disabledReason={lacking ?? 'Give it a name.'}>
            Add
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {report !== null && <StepList steps={report.steps.map((step) => ({ ...step, word: stepWords[step.step] }))} />}
        <Field label="Endpoint" optional hint="The store’s address; empty for Amazon’s own.">
          <Input value={endpoint} onValueChange={set(setEndpoint)} mono autoFocus placeholder="https://minio.example.com" maxLength={2000} />
        </Field>
        <Field label="Bucket">
          <Input value={bucket} onValueChange={set(setBucket)} mono placeholder="models" maxLength={63} />
        </Field>
        <CredentialFields
          value={typed}
          forBucket
          onChange={(next) => {
            setTyped(next);
            setReport(null);
          }}
        />
        <Field label="Name" {...(failure === null ? {} : { error: explainError(failure).sentence })}>
          <Input value={name} onValueChange={setName} placeholder="Team’s bucket" maxLength={128} />
        </Field>
        <Field label="Prefix" optional hint="What the keys begin with.">
          <Input value={prefix} onValueChange={set(setPrefix)} mono placeholder="vitrine/" maxLength={512} />
        </Field>
        <Field label="Region">
          <Input value={region} onValueChange={set(setRegion)} mono maxLength={64} />
        </Field>
        <Checkbox
          checked={pathStyle}
          onCheckedChange={(checked) => {
            setPathStyle(checked);
            setReport(null);
          }}
          label="The bucket’s name stands in the path, as most stores but Amazon’s want it"
        />
      </div>
    </Dialog>
  );
}
