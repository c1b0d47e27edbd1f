import { useState } from 'react';
import type { ApiKeyId, UserId } from '#shared/contract/index.ts';
import { runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { navigate, PlaceLink, placeOf } from '../../app/routes/index.ts';
import { Button, CodeBlock, Dialog, Field, Input, Segmented, Select, StatusDot, Tabs } from '../../ui/index.ts';
import { ArrowRight, KeyRound } from '../../ui/icons.ts';
import { pythonSnippet } from './httpSnippet.ts';
import { environmentSnippet, quickstart, shellNames, shells, type ConnectionFacts, type Shell } from './snippets.ts';
import { closeConnect, useConnect } from './store.ts';
import styles from './Connect.module.css';

/** The dialog, mounted once by the frame. */
export function ConnectOverlay() {
  const open = useConnect((state) => state.open);
  // Each opening begins anew: a key is shown once.
  return open ? <ConnectDialog /> : null;
}

type Connection = ConnectionFacts & { readonly keyId: ApiKeyId; readonly keyName: string };

function ConnectDialog() {
  const [connection, setConnection] = useState<Connection | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && closeConnect()}
      title="Connect a script"
      description={connection === null ? 'A training script that uses the wandb package logs its runs, artifacts and links into this catalog: two environment variables, and no other change.' : undefined}
      width="wide"
      keepOnOutsidePress={connection !== null}
      footnote={connection === null ? undefined : 'The key is shown this once; only its hash is kept. It can be revoked in Settings.'}
      actions={
        <Button variant={connection === null ? 'normal' : 'primary'} onClick={closeConnect}>
          {connection === null ? 'Cancel' : 'Done'}
        </Button>
      }
    >
      {connection === null ? <Prepare onReady={setConnection} /> : <Connected connection={connection} />}
    </Dialog>
  );
}

const oneself = 0;

function Prepare({ onReady }: { readonly onReady: (connection: Connection) => void }) {
  const door = useOperation('door.status', {});
  const status = useOperation('catalog.status', {});
  const accounts = useOperation('users.list', { kind: 'service' });
  const [name, setName] = useState(() => `Script, ${new Date().toISOString().slice(0, 10)}`);
  const [owner, setOwner] = useState<number>(oneself);
  const open = door.data?.url ?? null;
  const whyNot = useWhyNot();
  const mayOpen = open === null ? whyNot('door.start', 'organization') : null;
  const services = accounts.data?.items.filter((one) => one.removedAt === null) ?? [];

  const { busy, failure, submit } = useSubmit(async () => {
    if (name.trim() === '') return;
    const url = open ?? (await runCommand('door.start', {}, { toast: false }))?.output.url;
    const made = await runCommand('keys.create', { name: name.trim(), ...(owner === oneself ? {} : { userId: owner as UserId }) }, { toast: false });
    if (url !== undefined && made !== null) onReady({ url, key: made.output.key, keyId: made.output.summary.id, keyName: name.trim() });
  });
  return (
    <form
      className={styles.prepare}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className={styles.dim}>
        {open === null ? 'This starts Vitrine’s server, which only this machine can reach, and makes one API key. ' : `The server runs at ${open}. This makes one API key. `}
        Both can be undone in{' '}
        <PlaceLink to={{ place: 'settings', section: 'keys' }} onClick={closeConnect} className={styles.link}>
          Settings
        </PlaceLink>
        .
      </p>
      <Field label="Name of the key" hint="Which script, on which machine: it is how you find the key again.">
        <Input value={name} onValueChange={setName} maxLength={128} autoFocus />
      </Field>
      {services.length > 0 && (
        <Field label="It acts as">
          <Select
            label="It acts as"
            options={[{ value: String(oneself), label: status.data === undefined ? 'You' : `${status.data.user.displayName} (you)` }, ...services.map((one) => ({ value: String(one.id), label: one.displayName, detail: 'service account' }))]}
            value={String(owner)}
            onValueChange={(next) => setOwner(Number(next))}
          />
        </Field>
      )}
      {failure !== null && (
        <p className={styles.failure} role="alert">
          {failure}
        </p>
      )}
      <div>
        <Button type="submit" variant="primary" icon={KeyRound} busy={busy} {...barred(mayOpen ?? (name.trim() === '' ? 'A key needs a name.' : null))}>
          {open === null ? 'Start the server and make a key' : 'Make a key'}
        </Button>
      </div>
    </form>
  );
}

type Way = 'wandb' | 'http';

function Connected({ connection }: { readonly connection: Connection }) {
  const [way, setWay] = useState<Way>('wandb');
  const [shell, setShell] = useState<Shell>(() => (navigator.userAgent.includes('Windows') ? 'powershell' : 'bash'));
  const team = useOperation('catalog.status', {}).data?.team.name ?? '';
  return (
    <div className={styles.connected}>
      <Waiting keyId={connection.keyId} />
      <Tabs<Way>
        label="Ways to log"
        tabs={[
          { value: 'wandb', label: 'With wandb' },
          { value: 'http', label: 'Without it' },
        ]}
        value={way}
        onValueChange={setWay}
        panelClassName={styles.panel}
      >
        {(value) =>
          value === 'http' ? (
            <CodeBlock title="Python, standard library only" code={pythonSnippet(connection)} />
          ) : (
            <>
              <div className={styles.shells}>
                <h3>1. Where to log, in the script’s environment</h3>
                <Segmented label="Shell" size="small" options={shells.map((one) => ({ value: one, label: shellNames[one] }))} value={shell} onValueChange={setShell} />
              </div>
              <CodeBlock code={environmentSnippet(shell, connection)} wrap />
              <h3>2. Run your script, or this one</h3>
              <CodeBlock title="quickstart.py" code={quickstart(team)} />
            </>
          )
        }
      </Tabs>
    </div>
  );
}

/** Where the script stands: nothing heard, the key was used, its first run is here. */
function Waiting({ keyId }: { readonly keyId: ApiKeyId }) {
  const key = useOperation('keys.list', {}).data?.items.find((one) => one.id === keyId);
  const runId = key?.lastRunId ?? null;
  const run = useOperation('runs.get', { id: runId ?? (1 as never) }, { enabled: runId !== null }).data;
  if (run !== undefined && runId !== null) {
    return (
      <div className={styles.waiting} data-state="here" role="status">
        <StatusDot tone="good" label={`The first run is here: ${run.displayName}`} />
        <Button
          size="small"
          variant="primary"
          trailingIcon={ArrowRight}
          onClick={() => {
            closeConnect();
            navigate(placeOf.run(run));
          }}
        >
          Open the run
        </Button>
      </div>
    );
  }
  const used = key?.lastUsedAt != null;
  return (
    <div className={styles.waiting} data-state={used ? 'used' : 'waiting'} role="status">
      <StatusDot tone="accent" busy label={used ? 'A script has signed in with this key; waiting for its first run' : 'Waiting for the first run with this key'} />
    </div>
  );
}
