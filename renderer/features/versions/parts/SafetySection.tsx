import type { OutputOf, VersionId } from '#shared/contract/index.ts';
import { runCommand, useOperation, useReadOnly } from '../../../app/api/index.ts';
import { barred, readOnlyReason } from '../../../app/rights.ts';
import { navigate } from '../../../app/routes/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { Badge, Button, formatQuantity, RelativeTime, SkeletonLines, StatusDot } from '../../../ui/index.ts';
import { ShieldCheck } from '../../../ui/icons.ts';
import { placeWith, type Shown } from '../shown.ts';
import { Section } from './Facts.tsx';
import styles from './parts.module.css';

type Scan = NonNullable<OutputOf<'scans.get'>['scan']>;

const tones = { clean: 'good', caution: 'caution', danger: 'danger' } as const;
const findingTones = { danger: 'danger', caution: 'caution', note: 'neutral' } as const;
const shownFindings = 20;

/** What its files could do to whoever loads them, as far as it was looked into. */
export function SafetySection({ shown }: { readonly shown: Shown }) {
  const { version, rights } = shown;
  const found = useOperation('scans.get', { versionId: version.id });
  const readOnly = useReadOnly();
  const reason = readOnly ? readOnlyReason : rights.download;
  const scan = found.data?.scan ?? null;
  return (
    <Section
      title="Safety"
      facts={scan === null ? undefined : <>scanned <RelativeTime time={scan.at} /></>}
      actions={
        version.state === 'committed' && (
          <Button size="small" icon={ShieldCheck} {...barred(reason)} onClick={() => void scanNow(version.id, `${version.artifact} v${version.index}`)}>
            {scan === null ? 'Scan the files' : 'Scan again'}
          </Button>
        )
      }
    >
      {found.error !== null && found.data === undefined ? (
        <PlaceFailure error={found.error} retry={found.retry} compact />
      ) : found.data === undefined ? (
        <SkeletonLines lines={2} />
      ) : scan === null ? (
        <p className={styles.dim}>Not scanned yet. A scan finds what would run when a file is loaded, such as imports of a pickle, and loads nothing itself.</p>
      ) : (
        <Findings scan={scan} shown={shown} />
      )}
    </Section>
  );
}

function Findings({ scan, shown }: { readonly scan: Scan; readonly shown: Shown }) {
  return (
    <>
      <p className={styles.scanned}>
        <StatusDot tone={tones[scan.state]} label={wordsOf(scan)} />
        <span className={styles.dim}>
          {formatQuantity(scan.files, 'file')}, {scan.loadable === 0 ? 'none with anything that runs when it is loaded' : `${scan.loadable} that can run code when loaded, ${formatQuantity(scan.imports, 'import')}`}
          {scan.outdated ? '; Vitrine looks for more by now' : ''}
        </span>
      </p>
      {scan.findings.length > 0 && (
        <ul className={styles.findings} aria-label="Findings of the safety scan">
          {scan.findings.slice(0, shownFindings).map((finding) => (
            <li key={`${finding.path} ${finding.inside ?? ''} ${finding.kind} ${finding.subject}`}>
              <Badge tone={findingTones[finding.severity]}>{finding.severity}</Badge>
              <code>{finding.subject}</code>
              <Button variant="link" onClick={() => navigate(placeWith(shown.place, { tab: 'files', file: finding.path }), { replace: true })}>
                {finding.inside === null ? finding.path : `${finding.path} › ${finding.inside}`}
              </Button>
              <span className={styles.dim}>{finding.detail}</span>
            </li>
          ))}
          {scan.findings.length > shownFindings && <li className={styles.dim}>and {scan.findings.length - shownFindings} more: vitrine scan --last shows them all</li>}
        </ul>
      )}
    </>
  );
}

function wordsOf(scan: Scan): string {
  const of = (severity: Scan['findings'][number]['severity']): number => scan.findings.filter((finding) => finding.severity === severity).length;
  switch (scan.state) {
    case 'clean':
      return 'Nothing found';
    case 'caution':
      return `${formatQuantity(of('caution'), 'thing')} that nobody can vouch for`;
    case 'danger':
      return `${formatQuantity(of('danger'), 'danger')} for whoever loads it`;
  }
}

async function scanNow(versionId: VersionId, name: string): Promise<void> {
  await runCommand('scans.run', { versionId }, { activity: `Scanning ${name}`, done: (scan) => (scan.state === 'clean' ? `Nothing found in ${name}` : `${name}: ${wordsOf(scan)}`) });
}
