import { useMemo, useState } from 'react';
import type { AliasHolder, LinkSummary, VersionSummary } from '#shared/contract/index.ts';
import { AlertDialog, AliasChips, Dialog, EmptyState, Input, RelativeTime, SkeletonLines } from '../../ui/index.ts';
import { ArrowRight, Search } from '../../ui/icons.ts';
import { useOperation } from '../../app/api/index.ts';
import { PlaceFailure } from '../../app/shell/PlaceFailure.tsx';
import { moveNow, planMove, useAliasDialogs, type AliasPlace } from './moves.ts';
import styles from './AliasDialogs.module.css';

/** The dialogs that aliases open, mounted once by the window. */
export function AliasDialogs() {
  const { confirming, moving, timeline } = useAliasDialogs();
  return (
    <>
      <AlertDialog
        open={confirming !== null}
        onOpenChange={(open) => {
          if (!open) useAliasDialogs.setState({ confirming: null });
        }}
        tone="primary"
        title={confirming === null ? '' : `Move “${confirming.alias.alias}” from v${confirming.alias.fromIndex} to v${confirming.to.index}?`}
        description="It is a protected alias: whatever uses it takes the other version from now on."
        confirmLabel="Move it"
        onConfirm={async () => {
          if (confirming !== null) await moveNow(confirming);
        }}
      />
      {moving !== null && <MoveDialog key={`${moving.alias.alias} ${moving.from.index}`} {...moving} />}
      {timeline !== null && <TimelineDialog {...timeline} />}
    </>
  );
}

function MoveDialog({ alias, from }: NonNullable<ReturnType<typeof useAliasDialogs.getState>['moving']>) {
  const [text, setText] = useState('');
  const close = (): void => useAliasDialogs.setState({ moving: null });
  const choices = useChoices(from.holder);
  const wanted = text.trim().toLowerCase();
  const shown = choices.items?.filter((choice) => choice.index !== from.index && (wanted === '' || choice.words.includes(wanted)));
  return (
    <Dialog open onOpenChange={(open) => !open && close()} title={`Move “${alias.alias}”`} description={`It stands on v${from.index}. Choose where it goes.`} width="normal">
      <Input icon={Search} aria-label="Filter versions" placeholder="Number, name or alias" value={text} onValueChange={setText} autoFocus />
      {choices.error !== null ? (
        <PlaceFailure error={choices.error} compact />
      ) : shown === undefined ? (
        <SkeletonLines lines={5} />
      ) : shown.length === 0 ? (
        <EmptyState compact title="No other version fits" text={wanted === '' ? 'An alias needs another version to go to.' : 'Change the filter.'} />
      ) : (
        <ul className={styles.choices}>
          {shown.map((choice) => (
            <li key={choice.index}>
              <button
                type="button"
                className={styles.choice}
                onClick={() => {
                  close();
                  planMove({ alias, to: { ...from, target: choice.target, index: choice.index } });
                }}
              >
                <span className={styles.number}>v{choice.index}</span>
                <span className={styles.name}>{choice.label}</span>
                <AliasChips aliases={choice.aliases} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

type Choice = { readonly index: number; readonly label: string; readonly aliases: readonly string[]; readonly target: AliasPlace['target']; readonly words: string };

function useChoices(holder: AliasHolder) {
  const links = useOperation('links.list', { collectionId: holder.id as never, sort: 'index', limit: 500 }, { enabled: holder.kind === 'collection' });
  const versions = useOperation('versions.list', { artifactId: holder.id as never, sort: 'index', limit: 500 }, { enabled: holder.kind === 'artifact' });
  const items = useMemo<readonly Choice[] | undefined>(() => {
    if (holder.kind === 'collection') return links.data?.items.map(linkChoice);
    return versions.data?.items.map(versionChoice);
  }, [holder.kind, links.data, versions.data]);
  return { items, error: links.error ?? versions.error };
}

function linkChoice(link: LinkSummary): Choice {
  return choice(link.index, `${link.version.artifact} v${link.version.index}`, link.aliases.map((alias) => alias.name), { kind: 'link', id: link.id });
}

function versionChoice(version: VersionSummary): Choice {
  return choice(version.index, `${version.fileCount} ${version.fileCount === 1 ? 'file' : 'files'}`, version.aliases.map((alias) => alias.name), { kind: 'version', id: version.id });
}

function choice(index: number, label: string, aliases: readonly string[], target: AliasPlace['target']): Choice {
  return { index, label, aliases, target, words: `v${index} ${label} ${aliases.join(' ')}`.toLowerCase() };
}

function TimelineDialog({ holder, alias }: { readonly holder: AliasHolder; readonly alias: string }) {
  const { data, error } = useOperation('aliases.timeline', { holder, alias, limit: 200 });
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) useAliasDialogs.setState({ timeline: null });
      }}
      title={`Timeline of “${alias}”`}
      description="Every move, newest first."
    >
      {error !== null ? (
        <PlaceFailure error={error} compact />
      ) : data === undefined ? (
        <SkeletonLines lines={5} />
      ) : data.items.length === 0 ? (
        <EmptyState compact title="It never moved" text="Moves appear here with who made them, when and why." />
      ) : (
        <ol className={styles.timeline}>
          {data.items.map((move) => (
            <li key={move.eventId} className={styles.move}>
              <span className={styles.step}>
                <span>{move.from === null ? 'nowhere' : `v${move.from}`}</span>
                <ArrowRight aria-label="to" role="img" />
                <strong>{move.to === null ? 'nowhere' : `v${move.to}`}</strong>
              </span>
              <span className={styles.who}>
                {move.actor.displayName} · <RelativeTime time={move.at} />
              </span>
              {move.message !== null && <span className={styles.why}>{move.message}</span>}
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}
