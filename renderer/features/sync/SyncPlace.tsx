import { PlaceBody, PlaceHeader } from '../../app/shell/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { Badge, StatusDot } from '../../ui/index.ts';
import { RefreshCw } from '../../ui/icons.ts';
import styles from './Sync.module.css';

type Remote = { readonly name: string; readonly what: string };

const planned: readonly Remote[] = [
  { name: 'W&B', what: 'cloud, dedicated or self-managed: registries, artifacts, aliases and lineage, both ways.' },
  { name: 'MLflow', what: 'tracking server and model registry: runs, models, versions and aliases, both ways.' },
  { name: 'S3-compatible buckets', what: 'for the bytes: what is in the store here, and there.' },
];

/** What is true about remotes today: none can be connected yet, and what works without one. */
export function SyncPlace() {
  const status = useOperation('catalog.status', {});
  return (
    <>
      <PlaceHeader icon={RefreshCw} title="Sync" facts={<StatusDot tone="neutral" hollow label="No remote" />} />
      <PlaceBody>
        <div className={styles.page}>
          <p className={styles.lead}>This version of Vitrine works on this machine alone. It can’t connect to a remote yet, and it makes no request that you did not cause.</p>
          <section>
            <h2>What is to come</h2>
            <dl className={styles.list}>
              {planned.map((remote) => (
                <div key={remote.name}>
                  <dt>
                    {remote.name} <Badge>Not yet</Badge>
                  </dt>
                  <dd>{remote.what}</dd>
                </div>
              ))}
            </dl>
          </section>
          <section>
            <h2>What works today</h2>
            <ul className={styles.works}>
              <li>Everything here works offline: logging, linking, aliases, lineage, history, search.</li>
              <li>Scripts on this machine can log and link through the local HTTP door (Start, “Log from Python”).</li>
              <li>
                The command line works on the same catalog, also while this window is open: <code>vitrine log</code>, <code>vitrine link</code>, <code>vitrine ls</code>
                {status.data === undefined ? '.' : <> with <code>--data {status.data.directory}</code>.</>}
              </li>
              <li>A version’s files can be exported into any folder, verified byte by byte.</li>
            </ul>
          </section>
        </div>
      </PlaceBody>
    </>
  );
}
