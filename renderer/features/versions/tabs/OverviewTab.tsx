import type { LinkMark } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { openLinkPicker } from '../../linking/index.ts';
import { runCommand, useOperation } from '../../../app/api/index.ts';
import { barred, useWhyNot } from '../../../app/rights.ts';
import { navigate, PlaceLink, placeOf } from '../../../app/routes/index.ts';
import { versionRef } from '../../../app/selection.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { AliasChips, Avatar, Button, Digest, EmptyState, formatQuantity, IconButton, RegistryGlyph, RelativeTime, Size, SkeletonLines, TagChip } from '../../../ui/index.ts';
import { Link2, Unlink, Workflow } from '../../../ui/icons.ts';
import { KeepingSection } from '../keeping/KeepingSection.tsx';
import { EditableText } from '../parts/EditableText.tsx';
import { Fact, Facts, Section } from '../parts/Facts.tsx';
import { RunLink } from '../parts/RunLink.tsx';
import { SafetySection } from '../parts/SafetySection.tsx';
import { TabBody } from '../parts/TabBody.tsx';
import { placeWith, type Shown } from '../shown.ts';
import styles from './tabs.module.css';

/** The most that a description may be; core's own limit. */
const longestDescription = 1_000_000;
const longestNote = 10_000;

export function OverviewTab({ shown }: { readonly shown: Shown }) {
  const { version, link, rights } = shown;
  return (
    <TabBody name="overview" label="Overview">
      {link !== null && <LinkSection shown={shown} link={link} />}
      <VersionFacts shown={shown} />
      <EditableText
        title="Description"
        text={version.description}
        empty="No description yet: what is in it, how it was made, what it is good for."
        placeholder="What is in it, how it was made, what it is good for."
        reason={rights.editVersion}
        longest={longestDescription}
        onSave={async (description) => {
          await runCommand('versions.update', { id: version.id, description }, { toast: false });
        }}
      />
      <LinksSection shown={shown} />
      <SafetySection shown={shown} />
      <KeepingSection target={{ kind: 'version', id: version.id }} name={`${version.artifact} v${version.index}`} team={version.entity} />
      <RunsSection shown={shown} />
    </TabBody>
  );
}

function Person({ name }: { readonly name: string }) {
  return (
    <span className={styles.person}>
      <Avatar name={name} /> {name}
    </span>
  );
}

/** What belongs to the link alone. */
function LinkSection({ shown, link }: { readonly shown: Shown; readonly link: NonNullable<Shown['link']> }) {
  return (
    <Section title={`In ${link.collection}`} facts="this link alone">
      <Facts label="The link">
          <Fact name="Registry">
            <PlaceLink to={placeOf.registry(link.registry)}>{link.registry}</PlaceLink>
          </Fact>
          <Fact name="Source">
            <PlaceLink to={placeOf.version(shown.version)}>
              {shown.version.project} / {shown.version.artifact} v{shown.version.index}
            </PlaceLink>
          </Fact>
          <Fact name="Linked">
            <RelativeTime time={link.linkedAt} /> by <Person name={link.linkedBy.displayName} />
          </Fact>
        </Facts>
      <EditableText
        part
        title="Note"
        text={link.note}
        empty={shown.rights.editLink === null ? 'No note yet: say why this version is here.' : 'None'}
        placeholder="Why it is here."
        reason={shown.rights.editLink}
        longest={longestNote}
        onSave={async (note) => {
          await runCommand('links.note', { id: link.id, note }, { toast: false });
        }}
      />
    </Section>
  );
}

function VersionFacts({ shown: { version, link } }: { readonly shown: Shown }) {
  return (
    <Section title={link === null ? 'Facts' : 'The version itself'} {...(link === null ? {} : { facts: 'the same wherever it is linked' })}>
      <Facts label="Facts of the version">
        <Fact name="Project">
          <PlaceLink to={placeOf.project(version.entity, version.project)}>
            {version.entity}/{version.project}
          </PlaceLink>
        </Fact>
        <Fact name="Artifact">
          <PlaceLink to={placeOf.artifact({ entity: version.entity, project: version.project, name: version.artifact })}>{version.artifact}</PlaceLink>
        </Fact>
        <Fact name="Type">{version.type}</Fact>
        <Fact name="Size">
          <Size bytes={version.size} /> in {formatQuantity(version.fileCount, 'file')}
        </Fact>
        <Fact name="Logged">
          <RelativeTime time={version.createdAt} /> by <Person name={version.createdBy.displayName} />
        </Fact>
        <Fact name="Logged by run">{version.loggedBy === null ? <span className={styles.dim}>none: it was logged by hand</span> : <RunLink run={version.loggedBy} />}</Fact>
        <Fact name="Digest">
          <Digest digest={version.digest} />
        </Fact>
        <Fact name="W&B digest">
          <Digest digest={version.wandbDigest} />
        </Fact>
        {version.tags.length > 0 && (
          <Fact name="Tags" wide>
            <span className={styles.chips}>
              {version.tags.map((tag) => (
                <TagChip key={tag} tag={tag} onPress={() => navigate({ place: 'search', query: `tag:${/\s/u.test(tag) ? `"${tag}"` : tag}` })} />
              ))}
            </span>
          </Fact>
        )}
      </Facts>
    </Section>
  );
}

function LinksSection({ shown: { version, link, rights } }: { readonly shown: Shown }) {
  const whyNot = useWhyNot();
  return (
    <Section
      title="Linked in"
      facts={version.links.length === 0 ? undefined : formatQuantity(version.links.length, 'collection')}
      actions={
        version.links.length > 0 && (
          <Button size="small" icon={Link2} {...barred(rights.link)} onClick={() => openLinkPicker([versionRef(version)])}>
            Link to…
          </Button>
        )
      }
    >
      {version.links.length === 0 ? (
        <EmptyState
          compact
          icon={Link2}
          title="Not linked anywhere"
          text="Linking bookmarks it in a registry: no bytes move. Drag its title onto a collection in the sidebar, or choose one."
          action={
            <Button icon={Link2} keys="l" {...barred(rights.link ?? (version.state === 'committed' ? null : 'Only a committed version can be linked.'))} onClick={() => openLinkPicker([versionRef(version)])}>
              Link to…
            </Button>
          }
        />
      ) : (
        <ul className={styles.rows}>
          {version.links.map((mark) => (
            <LinkRow key={mark.linkId} mark={mark} here={mark.linkId === link?.id} unlinkReason={mark.linkId === link?.id ? rights.unlink : whyNot('links.remove', { registry: mark.registry })} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function LinkRow({ mark, here, unlinkReason }: { readonly mark: LinkMark; readonly here: boolean; readonly unlinkReason: string | null }) {
  return (
    <li className={styles.row}>
      <PlaceLink to={placeOf.link(mark)} className={styles.rowName} aria-current={here ? 'page' : undefined}>
        <RegistryGlyph name={mark.registry} glyph={mark.glyph} hue={mark.hue} size="small" />
        <span>
          {mark.registry} / {mark.collection}
        </span>
      </PlaceLink>
      <span className={styles.dim}>v{mark.index}</span>
      <AliasChips aliases={mark.aliases.map((alias) => alias.name)} isProtected={(name) => mark.aliases.some((alias) => alias.name === name && alias.protected)} most={4} />
      <span className={styles.rowFacts}>
        {here && 'shown here'}
        <IconButton
          icon={Unlink}
          size="small"
          label={`Unlink from ${mark.collection}`}
          disabled={unlinkReason !== null}
          {...(unlinkReason === null ? {} : { disabledReason: unlinkReason })}
          onClick={() => void runCommand('links.remove', { linkIds: [mark.linkId] }, { done: `Unlinked v${mark.index} from ${mark.collection}${going(mark)}` })}
        />
      </span>
    </li>
  );
}

function going(mark: LinkMark): string {
  const chosen = mark.aliases.filter((alias) => alias.name !== latestAlias).map((alias) => alias.name);
  return chosen.length === 0 ? '' : `; ${chosen.length === 1 ? `“${chosen[0]}” went` : `${chosen.length} aliases went`} with it`;
}

const runsShown = 8;

function RunsSection({ shown: { version, place } }: { readonly shown: Shown }) {
  const runs = useOperation('versions.usedBy', { id: version.id, limit: runsShown });
  return (
    <Section title="Used by" facts={runs.data === undefined || runs.data.total === 0 ? undefined : formatQuantity(runs.data.total, 'run')}>
      {runs.error !== null ? (
        <PlaceFailure error={runs.error} retry={runs.retry} compact />
      ) : runs.data === undefined ? (
        <SkeletonLines lines={Math.min(runsShown, Math.max(1, version.usedByCount))} />
      ) : runs.data.items.length === 0 ? (
        <p className={styles.dim}>No run has used it so far. Runs appear here when they declare it as an input.</p>
      ) : (
        <>
          <ul className={styles.rows}>
            {runs.data.items.map((run) => (
              <li key={run.id} className={styles.row}>
                <RunLink run={run} />
                <span className={styles.rowFacts}>
                  {run.jobType !== null && <span>{run.jobType}</span>}
                  <span>{run.project}</span>
                  <RelativeTime time={run.createdAt} />
                </span>
              </li>
            ))}
          </ul>
          {runs.data.total > runsShown && (
            <Button variant="link" icon={Workflow} onClick={() => navigate(placeWith(place, { tab: 'lineage', file: undefined }), { replace: true })}>
              All {runs.data.total} in its lineage
            </Button>
          )}
        </>
      )}
    </Section>
  );
}
