import type { BytesStanding } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { Button, formatBytes, formatQuantity, Menu } from '../../ui/index.ts';
import { CloudDownload, Database } from '../../ui/icons.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import styles from './BytesLine.module.css';

/** Where a version’s bytes lie, and what can be done about it. Says nothing of a version that is here and nowhere else, while there is no bucket. */
export function BytesLine({ version }: { readonly version: { readonly id: BytesStanding['versionId']; readonly artifact: string; readonly index: number } }) {
  const whyNot = useWhyNot();
  const standing = useOperation('bytes.where', { versionIds: [version.id] }).data?.items[0];
  const buckets = useOperation('buckets.list', {}).data?.items ?? [];
  if (standing === undefined || (standing.standing === 'here' && standing.places.length === 0 && buckets.length === 0)) return null;
  const label = `${version.artifact} v${version.index}`;
  const others = buckets.filter((bucket) => !standing.places.some((place) => place.kind === 'bucket' && place.id === bucket.id && place.holds === 'all'));
  const get = (): void => void runCommand('sync.fetch', { versionIds: [version.id] }, { activity: `Getting ${label}`, done: ({ files, bytes }) => (files === 0 ? 'All of it is here' : `Got ${formatQuantity(files, 'file')}, ${formatBytes(bytes)}`) });
  const free = (): void =>
    void runCommand('bytes.free', { versionIds: [version.id] }, { activity: `Freeing ${label}`, done: ({ bytes, kept }) => (kept[0] === undefined ? `Freed ${formatBytes(bytes)} here` : `It stays here. ${kept[0].why}`) });
  const store = (bucketId: (typeof buckets)[number]['id'], name: string): void =>
    void runCommand('bytes.store', { versionIds: [version.id], bucketId }, { activity: `Copying ${label} to ${name}`, done: ({ objects, bytes }) => (objects === 0 ? `${name} had all of it already` : `Copied ${formatBytes(bytes)} to ${name}`) });
  return (
    <div className={styles.line} role="group" aria-label="Where its bytes are" data-standing={standing.standing}>
      <Database aria-hidden />
      <span className={styles.words}>
        {wordsOf(standing)}
        {standing.trouble !== null && <span className={styles.trouble}>They could not be had: {standing.trouble}</span>}
      </span>
      {(standing.standing === 'elsewhere' || standing.standing === 'partly') && (
        <Button size="small" variant="primary" icon={CloudDownload} onClick={get} {...barred(whyNot('sync.fetch', 'somewhere'))}>
          {standing.trouble !== null ? 'Try again' : standing.fetched !== null && standing.fetched > 0 ? 'Go on getting the bytes' : 'Get the bytes'}
        </Button>
      )}
      {standing.filesHere > 0 && standing.places.length > 0 && (
        <Button size="small" onClick={free} {...barred(whyNot('bytes.free', 'organization'))}>
          Free the copy here
        </Button>
      )}
      {standing.standing === 'here' && others.length > 0 && (
        <Menu
          align="end"
          trigger={
            <Button size="small" {...barred(whyNot('bytes.store', 'organization'))}>
              Copy to a bucket
            </Button>
          }
          items={others.map((bucket) => ({ id: String(bucket.id), label: bucket.name, onSelect: () => store(bucket.id, bucket.name) }))}
        />
      )}
    </div>
  );
}

function wordsOf({ standing, places, files, filesHere, bytes, bytesHere, fetched }: BytesStanding): string {
  const names = [...places.filter(({ holds }) => holds === 'all'), ...places.filter(({ holds }) => holds === 'some')].map(({ name }) => name).join(', ');
  switch (standing) {
    case 'here':
      return names === '' ? 'Its bytes are here only.' : `Its bytes are here and at ${names}.`;
    case 'partly':
      return `${filesHere} of ${files ?? 0} files are here, ${formatBytes(bytesHere)} of ${formatBytes(bytes ?? 0)}; the others at ${names}.`;
    case 'elsewhere':
      return `Its bytes are only at ${names}${fetched !== null && fetched > 0 ? `; ${formatBytes(fetched)} came before it was cut off` : ''}.`;
    case 'nowhere':
      return 'Some of its bytes are neither here nor at a place that is known.';
  }
}
