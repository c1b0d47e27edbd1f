import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { AliasHolder, LinkSummary, VersionSummary } from '#shared/contract/index.ts';
import { AliasChips, Dialog, EmptyState, Input, RelativeTime, SkeletonLines } from '../../ui/index.ts';
import { ArrowRight, Search } from '../../ui/icons.ts';
import { useOperation } from '../../app/api/index.ts';
import { PlaceFailure } from '../../app/shell/PlaceFailure.tsx';
import { AddForm } from './AddForm.tsx';
import { planMove, putAliases, useAliasDialogs, type AddRequest, type AliasPlace, type MoveRequest } from './moves.ts';
import styles from './AliasDialogs.module.css';

/** The dialogs that aliases open, mounted once by the window. */
export function AliasDialogs() {
  const { moving, adding, timeline } = useAliasDialogs();
  return (
    <>
      {moving !== null && <MoveDialog key={`${moving.holder.kind} ${moving.holder.id} ${moving.alias}`} request={moving} />}
      {adding !== null && <AddDialog request={adding} />}
      {timeline !== null && <TimelineDialog {...timeline} />}
    </>
  );
}

function MoveDialog({ request }: { readonly request: MoveRequest }) {
  const { alias, holder, fromIndex, mayMoveProtected, of } = request;
  const [text, setText] = useState('');
  const close = (): void => useAliasDialogs.setState({ moving: null });
  const choices = useChoices(holder);
  const list = useRef<HTMLUListElement>(null);
  const choose = ({ target, index }: Choice): void => {
    close();
    const to: AliasPlace = { holder, target, index, mayMoveProtected };
    if (fromIndex === null) void putAliases(to, [alias], new Map([[alias, null]]));
    else void planMove({ alias: { kind: 'alias', alias, protected: request.protected, holder, fromIndex }, to });
  };
  const wanted = text.trim().toLowerCase();
  const shown = choices.items?.filter((choice) => choice.index !== fromIndex && (wanted === '' || choice.words.includes(wanted)));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={`${fromIndex === null ? 'Put' : 'Move'} “${alias}”${of === undefined ? '' : ` in ${of}`}`}
      description={fromIndex === null ? 'It stands on no version. Choose the one it goes on.' : `It stands on v${fromIndex}. Choose where it goes.`}
      width="normal"
    >
      <Input
        icon={Search}
        aria-label="Filter versions"
        placeholder="Number, name or alias"
        value={text}
        onValueChange={setText}
        autoFocus
        onKeyDown={(event) => {
          const [first] = shown ?? [];
          if (event.key === 'Enter' && !event.nativeEvent.isComposing && first !== undefined && wanted !== '') choose(first);
          else if (event.key === 'ArrowDown') list.current?.querySelector('button')?.focus();
          else return;
          event.preventDefault();
        }}
      />
      {choices.error !== null ? (
        <PlaceFailure error={choices.error} compact />
      ) : shown === undefined ? (
        <SkeletonLines lines={5} />
      ) : shown.length === 0 ? (
        <EmptyState compact title="No other version fits" text={wanted === '' ? 'An alias needs another version to go to.' : 'Change the filter.'} />
      ) : (
        <ul ref={list} className={styles.choices} onKeyDown={stepThroughButtons}>
          {shown.map((choice) => (
            <li key={choice.index}>
              <button
                type="button"
                className={styles.choice}
                onClick={() => choose(choice)}
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

function AddDialog({ request: { place, suggestions, label } }: { readonly request: AddRequest }) {
  const close = (): void => useAliasDialogs.setState({ adding: null });
  const input = useRef<HTMLInputElement>(null);
  return (
    <Dialog open onOpenChange={(open) => !open && close()} title={`Add aliases to ${label}`} width="narrow" initialFocus={input} keepOnOutsidePress>
      <AddForm ref={input} place={place} suggestions={suggestions} onDone={close} />
    </Dialog>
  );
}

/** Up and down go from button to button. */
function stepThroughButtons(event: KeyboardEvent<HTMLUListElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[Math.min(buttons.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))]?.focus();
  event.preventDefault();
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
