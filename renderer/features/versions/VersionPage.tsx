import { useState } from 'react';
import type { Selector } from '#shared/domain/addresses.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import type { VersionTab } from '#shared/domain/places.ts';
import { openLinkPicker, dragVersions } from '../linking/index.ts';
import { AliasBar, openAddDialog, openMoveDialog } from '../aliases/index.ts';
import { openBundleExport } from '../imports/index.ts';
import { StateCell } from '../registries/index.ts';
import { exportVersion } from '../logging/index.ts';
import { runCommand, useCommand, useReadOnly } from '../../app/api/index.ts';
import { barred, barredEntry, readOnlyReason } from '../../app/rights.ts';
import { useCommands } from '../../app/actions.ts';
import { formatPlace, goBack, navigate, PlaceLink, placeOf } from '../../app/routes/index.ts';
import { linkedVersionRef, versionRef } from '../../app/selection.ts';
import { PlaceHeader } from '../../app/shell/index.ts';
import { Badge, Button, copyText, formatQuantity, IconButton, Menu, RegistryGlyph, RelativeTime, Size, Skeleton, SkeletonLines, Tabs, TypeIcon, type TabDefinition } from '../../ui/index.ts';
import { ChevronDown, ChevronUp, Copy, Download, Ellipsis, FileArchive, GitCompare, Hash, Link2, Lock, Move, Plus, Star, Trash2, Unlink } from '../../ui/icons.ts';
import { SyncBadgeOnPage } from '../sync/index.ts';
import { CompareDialog } from './CompareDialog.tsx';
import { DeleteVersionsDialog } from './DeleteVersionsDialog.tsx';
import { useLinkNeighbours, useSourceNeighbours } from './neighbours.ts';
import { addressOf, linkHolder, nameOf, placeWith, sourceHolder, type Shown, type VersionPagePlace } from './shown.ts';
import { AliasesTab } from './tabs/AliasesTab.tsx';
import { FilesTab } from './tabs/FilesTab.tsx';
import { HistoryTab } from './tabs/HistoryTab.tsx';
import { LineageTab } from './tabs/LineageTab.tsx';
import { MetadataTab } from './tabs/MetadataTab.tsx';
import { OverviewTab } from './tabs/OverviewTab.tsx';
import { TagsTab } from './tabs/TagsTab.tsx';
import { UsageTab } from './tabs/UsageTab.tsx';
import styles from './VersionPage.module.css';

/** One version: what it is, where it came from, where it stands. Looked at through a link, the link's own things come first. */
export function VersionPage({ shown }: { readonly shown: Shown }) {
  const { place, version, link, registry, rights } = shown;
  const { name, index } = nameOf(shown);
  const [comparing, setComparing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const star = useCommand('stars.set');
  const readOnly = useReadOnly();
  const sourceNeighbours = useSourceNeighbours(version, link === null);
  const linkNeighbours = useLinkNeighbours(link);
  const { previous, next } = link === null ? sourceNeighbours : linkNeighbours;
  const tab = place.tab ?? 'overview';
  const ref = link === null ? versionRef(version) : linkedVersionRef({ ...link, version });
  const selector: Selector = { kind: 'number', number: index };

  const goTo = (number: number): void => navigate(placeWith(place, { selector: { kind: 'number', number } }));
  const unlink = async (): Promise<void> => {
    if (link === null) return;
    const done = await runCommand('links.remove', { linkIds: [link.id] }, { done: `Unlinked v${link.index} from ${link.collection}` });
    if (done !== null) navigate(placeOf.collection(link.registry, link.collection), { replace: true });
  };
  const copyLink = (): void => void copyText(formatPlace(placeWith(place, { selector, tab: undefined, file: undefined })));

  const aliasPlace = { ...(link === null ? sourceHolder(version) : linkHolder(link)), mayMoveProtected: rights.mayMoveProtected };
  const mayAlias = (link === null ? rights.editSourceAliases : rights.editLink) === null;
  const movableAliases = (link?.aliases ?? version.aliases).filter((alias) => alias.name !== latestAlias && (!alias.protected || rights.mayMoveProtected));
  useCommands([
    { id: 'version.previous', label: 'Previous version', group: 'Version', keys: '[', available: () => previous !== null, run: () => previous !== null && goTo(previous.index) },
    { id: 'version.next', label: 'Next version', group: 'Version', keys: ']', available: () => next !== null, run: () => next !== null && goTo(next.index) },
    { id: 'version.compare', label: 'Compare with another version…', group: 'Version', icon: GitCompare, words: 'diff difference', run: () => setComparing(true) },
    { id: 'version.addAlias', label: 'Add aliases…', group: 'Version', icon: Plus, words: 'put promote production', available: () => mayAlias, run: () => openAddDialog({ place: aliasPlace, suggestions: [], label: `${name} v${index}` }) },
    ...movableAliases.map((alias) => ({
      id: `version.move ${alias.name}`, label: `Move “${alias.name}” to another version…`, group: 'Version', icon: Move, words: 'alias', available: () => mayAlias,
      run: () => openMoveDialog({ alias: alias.name, protected: alias.protected, holder: aliasPlace.holder, fromIndex: index, mayMoveProtected: rights.mayMoveProtected }),
    })),
    { id: 'version.export', label: 'Export the files…', group: 'Version', icon: Download, words: 'download save', available: () => rights.download === null, run: () => void exportVersion(version) },
    { id: 'version.copyAddress', label: 'Copy the address for scripts', group: 'Version', icon: Hash, run: () => void copyText(addressOf(shown, selector)) },
  ]);

  return (
    <div className={styles.place}>
      <div className={styles.head}>
        <PlaceHeader
          mark={link === null ? <TypeIcon type={version.type} label={version.type} className={styles.typeMark} /> : <RegistryGlyph name={link.registry} glyph={registry?.glyph ?? null} hue={registry?.hue ?? null} />}
          title={
            <span className={styles.title} onPointerDown={(event) => dragVersions(event, () => [ref])} title="Drag it onto a collection to link it">
              <span className={styles.name}>{name}</span> <span className={styles.number}>v{index}</span>
            </span>
          }
          beside={
            <>
              <IconButton
                icon={Star}
                size="small"
                className={version.starred ? styles.starred : undefined}
                label={version.starred ? 'Remove the star' : 'Star this version'}
                aria-pressed={version.starred}
                busy={star.running}
                {...barred(readOnly ? readOnlyReason : null)}
                onClick={() => void star.execute({ kind: 'version', id: version.id, starred: !version.starred })}
              />
              {place.selector.kind === 'alias' && (
                <span className={styles.follows}>
                  <Badge tone="accent" title="This page follows the alias: when it moves, the page shows the version it moved to.">
                    follows {place.selector.alias}
                  </Badge>
                </span>
              )}
              {link !== null && <SyncBadgeOnPage registryId={registry?.id ?? null} linkIds={[link.id]} />}
              {version.state !== 'committed' && <Badge tone={version.state === 'deleted' ? 'danger' : 'caution'}>{version.state === 'deleted' ? 'in the trash' : 'being logged'}</Badge>}
            </>
          }
          actions={
            <>
              <div className={styles.steps} role="group" aria-label="Neighbouring versions">
                <IconButton icon={ChevronUp} label={next === null ? 'Next version' : `v${next.index}, the one after`} keys="]" disabled={next === null} disabledReason="This is the newest." onClick={() => next !== null && goTo(next.index)} />
                <IconButton icon={ChevronDown} label={previous === null ? 'Previous version' : `v${previous.index}, the one before`} keys="[" disabled={previous === null} disabledReason="There is none before it." onClick={() => previous !== null && goTo(previous.index)} />
              </div>
              <Button icon={GitCompare} aria-label="Compare" onClick={() => setComparing(true)}>
                <span className={styles.wide}>Compare</span>
              </Button>
              <Button variant="primary" icon={Link2} keys="l" {...barred(rights.link ?? (version.state === 'committed' ? null : version.state === 'deleted' ? 'It is in the trash.' : 'It is still being logged.'))} onClick={() => openLinkPicker([ref])}>
                Link to…
              </Button>
              <Menu
                align="end"
                trigger={<IconButton icon={Ellipsis} label="More" />}
                items={[
                  { id: 'export', label: 'Export the files…', icon: Download, disabled: rights.download !== null, reason: rights.download ?? '', onSelect: () => void exportVersion(version) },
                  { id: 'bundle', label: 'Export as a bundle…', icon: FileArchive, disabled: version.state !== 'committed' || rights.download !== null, reason: rights.download ?? 'Only a committed version can go.', onSelect: () => openBundleExport({ label: `${name} v${index}`, versionIds: [version.id] }) },
                  { id: 'copy-link', label: 'Copy link', icon: Copy, onSelect: copyLink },
                  { id: 'copy-address', label: 'Copy address for scripts', icon: Hash, onSelect: () => void copyText(addressOf(shown, selector)) },
                  { kind: 'separator' },
                  ...(link === null
                    ? []
                    : [{ id: 'unlink', label: `Unlink from ${link.collection}`, icon: Unlink, disabled: rights.unlink !== null, reason: rights.unlink ?? '', onSelect: () => void unlink() }]),
                  {
                    id: 'delete', label: 'Delete version…', icon: Trash2, tone: 'danger' as const,
                    ...barredEntry(rights.deleteVersion ?? (version.state === 'deleted' ? 'It is in the trash already.' : null)),
                    onSelect: () => setDeleting(true),
                  },
                ]}
              />
            </>
          }
        />
        <div className={styles.strip} data-version-card="">
          <AliasBar
            {...aliasPlace}
            aliases={link?.aliases ?? version.aliases}
            editable={mayAlias}
          />
          {link !== null && <StateCell link={link} lifecycle={registry?.lifecycle ?? null} editable={rights.editLink === null} />}
          {(link === null ? rights.editSourceAliases : rights.editLink) !== null && (
            <span className={styles.locked} title={(link === null ? rights.editSourceAliases : rights.editLink) ?? undefined}>
              <Lock aria-hidden /> Aliases can’t be changed here
            </span>
          )}
          {(link?.aliases ?? version.aliases).length === 0 && <span className={styles.locked}>No aliases</span>}
          <HeaderFacts shown={shown} />
        </div>
      </div>
      <Tabs<VersionTab>
        label="Parts of the version"
        className={styles.tabs}
        panelClassName={styles.panel}
        tabs={tabsOf(shown)}
        value={tab}
        onValueChange={(value) => navigate(placeWith(place, { tab: value === 'overview' ? undefined : value, file: undefined }), { replace: true })}
      >
        {(value) => <TabContent tab={value} shown={shown} />}
      </Tabs>
      {comparing && <CompareDialog shown={shown} previous={previous} onClose={() => setComparing(false)} />}
      {deleting && (
        <DeleteVersionsDialog
          versions={[ref]}
          onClose={() => setDeleting(false)}
          onDeleted={() => {
            if (link === null) navigate(placeOf.artifact({ entity: version.entity, project: version.project, name: version.artifact }), { replace: true });
            else goBack();
          }}
        />
      )}
    </div>
  );
}

function HeaderFacts({ shown: { version, link } }: { readonly shown: Shown }) {
  return (
    <div className={styles.facts}>
      {link !== null && (
        <span className={styles.wide}>
          links <PlaceLink to={placeOf.version(version)}>{version.artifact} v{version.index}</PlaceLink>
        </span>
      )}
      <span>
        <Size bytes={version.size} /> in {formatQuantity(version.fileCount, 'file')}
      </span>
      <span>
        {link === null ? 'logged' : 'linked'} <RelativeTime time={link?.linkedAt ?? version.createdAt} />
      </span>
    </div>
  );
}

function tabsOf({ version, link }: Shown): readonly TabDefinition<VersionTab>[] {
  return [
    { value: 'overview', label: 'Overview' },
    { value: 'files', label: 'Files', count: version.fileCount },
    { value: 'metadata', label: 'Metadata', count: Object.keys(version.metadata).length },
    { value: 'aliases', label: 'Aliases', count: (link?.aliases ?? version.aliases).length },
    { value: 'tags', label: 'Tags', count: version.tags.length },
    { value: 'lineage', label: 'Lineage' },
    { value: 'usage', label: 'Usage' },
    { value: 'history', label: 'History' },
  ];
}

function TabContent({ tab, shown }: { readonly tab: VersionTab; readonly shown: Shown }) {
  switch (tab) {
    case 'overview':
      return <OverviewTab shown={shown} />;
    case 'files':
      return <FilesTab shown={shown} />;
    case 'metadata':
      return <MetadataTab shown={shown} />;
    case 'aliases':
      return <AliasesTab shown={shown} />;
    case 'tags':
      return <TagsTab shown={shown} />;
    case 'lineage':
      return <LineageTab root={{ kind: 'version', id: shown.version.id }} />;
    case 'usage':
      return <UsageTab shown={shown} />;
    case 'history':
      return <HistoryTab shown={shown} />;
  }
}

/** The page before anything is known but its address: of the same size, so that nothing jumps. */
export function VersionPageSkeleton({ place }: { readonly place: VersionPagePlace }) {
  const name = place.place === 'linked version' ? place.collection : place.artifact;
  const number = place.selector.kind === 'number' ? `v${place.selector.number}` : place.selector.alias;
  return (
    <div className={styles.place}>
      <div className={styles.head}>
        <PlaceHeader title={<span className={styles.title}><span className={styles.name}>{name}</span> <span className={styles.number}>{number}</span></span>} />
        <div className={styles.strip}>
          <Skeleton width={180} height={20} />
        </div>
      </div>
      <div className={styles.skeletonTabs} />
      <div className={styles.skeletonBody}>
        <SkeletonLines lines={6} />
      </div>
    </div>
  );
}
