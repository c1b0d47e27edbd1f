import { useState } from 'react';
import { explainError, type ImportReport, type VitrineError } from '#shared/contract/index.ts';
import { bridge } from '../../app/bridge.ts';
import { asVitrineError, notify, undoOffered, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { Badge, Button, Combobox, Dialog, Field, formatBytes, formatQuantity, Input, Segmented } from '../../ui/index.ts';
import { FolderOpen } from '../../ui/icons.ts';
import { sources } from './sources.ts';
import type { ImportSource } from './store.ts';
import styles from './Imports.module.css';

/** Items of the report that are listed; what was skipped comes first. */
const mostListed = 200;

/** Brings in what was curated elsewhere: first only looked at, with what would be taken and what not and why; then done. */
export function ImportDialog({ first, onClose }: { readonly first: ImportSource; readonly onClose: () => void }) {
  const [source, setSource] = useState<ImportSource>(first);
  const [path, setPath] = useState('');
  const [registry, setRegistry] = useState('Models');
  const [project, setProject] = useState('imported');
  const [report, setReport] = useState<ImportReport | null>(null);
  const [busy, setBusy] = useState<'looking' | 'importing' | null>(null);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const registries = useOperation('registries.list', {}).data?.items ?? [];
  const whyNot = useWhyNot();
  const of = sources[source];
  const ready = path.trim() !== '' && (!of.registry || registry.trim() !== '') && (!of.project || project.trim() !== '');
  const change = (act: () => void): void => {
    act();
    setReport(null);
    setFailure(null);
  };
  const choose = async (): Promise<void> => {
    const [chosen] = await bridge().openPathsDialog({ kind: of.picks, title: of.title });
    if (chosen !== undefined) change(() => setPath(chosen));
  };
  const run = async (dryRun: boolean): Promise<void> => {
    if (!ready || busy !== null) return;
    setBusy(dryRun ? 'looking' : 'importing');
    setFailure(null);
    try {
      const answer = await of.run({ path: path.trim(), registry: registry.trim(), project: project.trim(), dryRun });
      if (answer === null) return;
      if (dryRun) setReport(answer.output);
      else {
        onClose();
        notify({ tone: answer.output.skipped > 0 ? 'caution' : 'good', title: `Imported: ${summary(answer.output)}`, ...undoOffered(answer.undo) });
      }
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(null);
    }
  };
  const words = failure === null ? null : explainError(failure);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Import"
      description="What was curated elsewhere comes in with its numbers, aliases and descriptions. First look; nothing is written until you import."
      width="wide"
      keepOnOutsidePress
      onSubmit={() => void run(report === null)}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy !== null} {...barred(whyNot(...of.needs) ?? (ready ? null : 'Choose what to import first.'))}>
            {report === null ? 'Look' : 'Import'}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Segmented<ImportSource> label="From" options={[{ value: 'bundle', label: 'Bundle' }, { value: 'legacy', label: 'W&B model registry' }, { value: 'gto', label: 'GTO tags' }, { value: 'mlruns', label: 'MLflow folder' }]} value={source} onValueChange={(next) => change(() => { setSource(next); setPath(''); })} />
        <Field label={of.label} hint={of.hint}>
          <Input
            mono
            value={path}
            onValueChange={(next) => change(() => setPath(next))}
            placeholder={of.placeholder}
            trailing={
              <Button size="small" variant="quiet" icon={FolderOpen} onClick={() => void choose()}>
                Choose…
              </Button>
            }
          />
        </Field>
        {of.registry && (
          <Field label="Into registry" hint="One that isn’t there is made.">
            <Combobox options={[...new Set([registry, ...registries.map((one) => one.name)])].filter((one) => one !== '').map((one) => ({ value: one, label: one }))} value={registry} onValueChange={(next) => next !== null && change(() => setRegistry(next))} onCreate={(next) => change(() => setRegistry(next))} />
          </Field>
        )}
        {of.project && (
          <Field label="Into project" hint="Where the versions are logged.">
            <Input value={project} onValueChange={(next) => change(() => setProject(next))} />
          </Field>
        )}
        {words !== null && (
          <p role="alert" className={styles.failure}>
            <strong>{words.title}.</strong> {words.sentence} {words.advice}
          </p>
        )}
        {report !== null && <Report report={report} />}
      </div>
    </Dialog>
  );
}

function summary(report: ImportReport): string {
  return [`${formatQuantity(report.taken, 'thing')} taken`, ...(report.same > 0 ? [`${report.same} here already`] : []), ...(report.skipped > 0 ? [`${report.skipped} skipped`] : []), ...(report.bytes > 0 ? [formatBytes(report.bytes)] : [])].join(', ');
}

function Report({ report }: { readonly report: ImportReport }) {
  return (
    <section className={styles.report} aria-label="What would be done">
      <p>{summary(report).replace(' taken', ' would be taken')}.</p>
      <ul className={styles.items} tabIndex={0} aria-label="One by one">
        {report.items.slice(0, mostListed).map((item, at) => (
          <li key={`${at} ${item.kind} ${item.source}`} className={styles.item}>
            <Badge tone={item.outcome === 'taken' ? 'good' : item.outcome === 'same' ? 'neutral' : 'caution'}>{item.outcome === 'same' ? 'here already' : item.outcome}</Badge>
            <span className={styles.kind}>{item.kind}</span>
            <span className={styles.name}>
              {item.source}
              {item.target !== null && item.target !== item.source && <span className={styles.dim}> → {item.target}</span>}
              {item.why !== null && <span className={styles.dim}> · {item.why}</span>}
            </span>
          </li>
        ))}
      </ul>
      {(report.more || report.items.length > mostListed) && <p className={styles.dim}>More than are listed here.</p>}
    </section>
  );
}

