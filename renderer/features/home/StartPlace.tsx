import { useState, type ReactNode } from 'react';
import type { ObjectRef } from '#shared/contract/index.ts';
import { Button, classNames, EmptyState, RegistryGlyph, RelativeTime, SkeletonLines } from '../../ui/index.ts';
import { Box, Boxes, FolderInput, FolderTree, GitCommitHorizontal, House, Layers, Plug, Sparkles, SquareTerminal, Star, Workflow, type Icon } from '../../ui/icons.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { navigate, placeOfRef, PlaceLink } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { openConnect } from '../connect/index.ts';
import { openImport } from '../imports/index.ts';
import { chooseAndLog } from '../logging/index.ts';
import { openConnectRemote } from '../sync/index.ts';
import styles from './Home.module.css';

/** Where the window opens: what is starred, what was open last, what changed; in an empty catalog, the ways to begin. */
export function StartPlace() {
  const status = useOperation('catalog.status', {});
  const empty = status.data?.empty === true;
  const mayLog = useWhyNot()('versions.log', 'somewhere');
  return (
    <>
      <PlaceHeader
        icon={House}
        title={empty ? 'Welcome to Vitrine' : 'Start'}
        actions={
          empty ? undefined : (
            <>
              <Button icon={SquareTerminal} onClick={openConnect}>
                Connect a script
              </Button>
              <Button icon={FolderInput} variant="primary" keys="$mod+Shift+o" {...barred(mayLog)} onClick={() => void chooseAndLog('folder')}>
                Log a folder
              </Button>
            </>
          )
        }
      />
      <PlaceBody>
        {status.error !== null ? <PlaceFailure error={status.error} retry={status.retry} /> : status.data === undefined ? <SkeletonLines lines={8} /> : empty ? <FirstStart /> : <Overview />}
      </PlaceBody>
    </>
  );
}

const icons: Readonly<Record<string, Icon>> = { registry: Boxes, collection: Layers, version: GitCommitHorizontal, link: GitCommitHorizontal, artifact: Box, project: FolderTree, run: Workflow };

function Overview() {
  const home = useOperation('home.get', {});
  if (home.error !== null) return <PlaceFailure error={home.error} retry={home.retry} />;
  if (home.data === undefined) return <SkeletonLines lines={10} />;
  const { starred, recent, updated } = home.data;
  return (
    <div className={styles.overview}>
      <Section wide title="Starred" empty="Star a registry, a collection or a version, and it stands here." items={starred.map((ref) => ({ ref, time: null }))} />
      <Section title="Recent" empty="What you open stands here." items={recent.map((ref) => ({ ref, time: ref.openedAt }))} />
      <Section title="Recently updated" empty="What changes stands here." items={updated.map((ref) => ({ ref, time: ref.updatedAt }))} />
    </div>
  );
}

type Item = { readonly ref: ObjectRef; readonly time: string | null };

function Section({ title, empty, items, wide = false }: { readonly title: string; readonly wide?: boolean; readonly empty: string; readonly items: readonly Item[] }) {
  return (
    <section className={classNames(styles.section, wide && styles.wide)} aria-label={title}>
      <h2 className={styles.heading}>{title}</h2>
      {items.length === 0 ? (
        <EmptyState compact icon={Star} title="Nothing yet" text={empty} />
      ) : (
        <ul className={styles.list}>
          {items.slice(0, 12).map((item) => (
            <li key={`${item.ref.kind} ${item.ref.id}`}>
              <Row item={item} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ item: { ref, time } }: { readonly item: Item }) {
  const RowIcon = icons[ref.kind] ?? Star;
  const place = placeOfRef(ref);
  const registries = useOperation('registries.list', {}).data?.items;
  const registry = ref.kind === 'registry' ? registries?.find((one) => one.id === ref.id) : undefined;
  const content = (
    <>
      {registry === undefined ? <RowIcon aria-hidden /> : <RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} size="small" />}
      <span className={styles.label}>{ref.label}</span>
      <span className={styles.kind}>{ref.kind}</span>
      {time !== null && (
        <span className={styles.time}>
          <RelativeTime time={time} />
        </span>
      )}
    </>
  );
  return place === null ? (
    <span className={styles.row}>{content}</span>
  ) : (
    <PlaceLink to={place} className={styles.row}>
      {content}
    </PlaceLink>
  );
}

function FirstStart() {
  const [busy, setBusy] = useState(false);
  const whyNot = useWhyNot();
  const addSample = async (): Promise<void> => {
    setBusy(true);
    const added = await runCommand('catalog.addSample', {}, { activity: 'Adding the sample catalog', done: ({ versions, collections }) => `The sample is here: ${versions} versions in ${collections} collections` });
    setBusy(false);
    if (added !== null) navigate({ place: 'registries' });
  };
  return (
    <div className={styles.first}>
      <p className={styles.lead}>Nothing is here yet. Begin with whichever suits you; the others stay open to you later.</p>
      <div className={styles.ways}>
        <Way icon={FolderInput} title="Import a folder" text="Log files and folders of this machine as artifact versions. Or drop them anywhere on this window.">
          <Button variant="primary" {...barred(whyNot('versions.log', 'somewhere'))} onClick={() => void chooseAndLog('folder')}>
            Choose a folder…
          </Button>
        </Way>
        <Way icon={SquareTerminal} title="Connect a script" text="Scripts that use wandb log here unchanged: two variables with the address and a key filled in, and a quickstart to try.">
          <Button onClick={openConnect}>Connect a script…</Button>
        </Way>
        <Way icon={Sparkles} title="Look around first" text="A sample of a small team’s work: 3 registries, 12 collections, 150 versions with runs, lineage and two months of history.">
          <Button busy={busy} {...barred(whyNot('catalog.addSample', 'organization'))} onClick={() => void addSample()}>
            Add the sample catalog
          </Button>
        </Way>
        <Way icon={Boxes} title="Bring an old registry" text="W&B’s model registry, GTO tags, an mlruns folder of MLflow, or a bundle from another Vitrine: with aliases, numbers and history.">
          <Button {...barred(whyNot('imports.bundle', 'somewhere'))} onClick={() => openImport()}>Import…</Button>
        </Way>
        <Way icon={Plug} title="Connect a remote" text="An MLflow server or W&B: models, versions and aliases come here, stay readable offline, and what you change goes back.">
          <Button onClick={openConnectRemote}>Connect a remote…</Button>
        </Way>
      </div>
    </div>
  );
}

function Way({ icon: WayIcon, title, text, children }: { readonly icon: Icon; readonly title: string; readonly text: string; readonly children: ReactNode }) {
  return (
    <section className={styles.way}>
      <WayIcon aria-hidden />
      <h2>{title}</h2>
      <p>{text}</p>
      <div>{children}</div>
    </section>
  );
}
