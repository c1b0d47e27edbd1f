import { useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { CollectionSummary, RegistrySummary } from '#shared/contract/index.ts';
import { Dialog, EmptyState, formatQuantity, Input, Popover, RegistryGlyph, SkeletonLines } from '../../ui/index.ts';
import { Plus, Search } from '../../ui/icons.ts';
import { useOperation } from '../../app/api/index.ts';
import { linkVerdict, type DropVerdict, type LinkDestination } from '../../app/drag/index.ts';
import { PlaceFailure } from '../../app/shell/PlaceFailure.tsx';
import type { VersionRef } from '../../app/selection.ts';
import { LinkForm } from './LinkForm.tsx';
import { PromoteDialog } from './PromoteDialog.tsx';
import { closeLinking, openLinkChoice, useLinking } from './store.ts';
import styles from './Linking.module.css';

/** What linking opens, mounted once by the window. */
export function LinkOverlays() {
  const { choice, picking, promoting } = useLinking();
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <>
      {choice !== null && choice.at !== null && (
        <>
          <span ref={anchor} className={styles.anchor} style={{ left: choice.at.x, top: choice.at.y }} aria-hidden />
          <Popover open anchor={anchor} title="Link" side="right" align="start" onOpenChange={(open) => !open && closeLinking()}>
            <LinkForm choice={choice} onDone={closeLinking} onCancel={closeLinking} />
          </Popover>
        </>
      )}
      {choice !== null && choice.at === null && (
        <Dialog open title="Link" onOpenChange={(open) => !open && closeLinking()} keepOnOutsidePress>
          <div className={styles.wide}>
            <LinkForm choice={choice} onDone={closeLinking} onCancel={closeLinking} />
          </div>
        </Dialog>
      )}
      {picking !== null && <LinkPicker versions={picking} />}
      {promoting !== null && <PromoteDialog promotion={promoting} />}
    </>
  );
}

type Candidate = { readonly key: string; readonly destination: LinkDestination; readonly registry: RegistrySummary; readonly verdict: DropVerdict; readonly words: string };

function candidatesOf(versions: readonly VersionRef[], registries: readonly RegistrySummary[], collections: readonly CollectionSummary[]): readonly Candidate[] {
  const all = registries.flatMap((registry) => [
    ...collections
      .filter((collection) => collection.registryId === registry.id)
      .map((collection) => candidate(versions, registry, { registry, collection: { id: collection.id, name: collection.name, type: collection.type } })),
    candidate(versions, registry, { registry, collection: null }),
  ]);
  // What can take it comes first; within that, collections before new ones.
  return all.sort((left, right) => rank(left) - rank(right));
}

function rank({ verdict, destination }: Candidate): number {
  return (verdict.allowed ? 0 : 2) + (destination.collection === null ? 1 : 0);
}

function candidate(versions: readonly VersionRef[], registry: RegistrySummary, destination: LinkDestination): Candidate {
  const name = destination.collection?.name ?? 'new collection';
  return { key: `${registry.id} ${destination.collection?.id ?? 'new'}`, destination, registry, verdict: linkVerdict(versions, destination), words: `${registry.name} ${name} ${registry.name}/${name}`.toLowerCase() };
}

/** “Link to…”: every registry and collection, found by typing, with what would happen or why not. */
function LinkPicker({ versions }: { readonly versions: readonly VersionRef[] }) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const registries = useOperation('registries.list', {});
  const collections = useOperation('collections.list', { limit: 1000 });
  const list = useRef<HTMLUListElement>(null);
  const wanted = text.trim().toLowerCase();
  const shown = useMemo(() => {
    if (registries.data === undefined || collections.data === undefined) return null;
    const words = wanted.split(/\s+/u);
    return candidatesOf(versions, registries.data.items, collections.data.items).filter((one) => words.every((word) => one.words.includes(word)));
  }, [registries.data, collections.data, versions, wanted]);
  const at = Math.min(active, Math.max(0, (shown?.length ?? 1) - 1));

  const choose = (chosen: Candidate | undefined): void => {
    if (chosen?.verdict.allowed === true) openLinkChoice({ versions, destination: chosen.destination, at: null });
  };
  const go = (next: number): void => {
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  // Enter came before the destinations: it takes the first of them.
  const [awaiting, setAwaiting] = useState(false);
  const known = shown !== null;
  const chooseFirst = useEffectEvent(() => {
    setAwaiting(false);
    choose(shown?.[0]);
  });
  useEffect(() => {
    if (awaiting && known) chooseFirst();
  }, [awaiting, known]);
  const press = (event: KeyboardEvent): void => {
    if (shown === null && event.key === 'Enter' && !event.nativeEvent.isComposing) {
      setAwaiting(true);
      // Else the character that follows the key reaches the form that may be open by then, and sends it off.
      event.preventDefault();
    }
    const count = shown?.length ?? 0;
    if (count === 0) return;
    if (event.key === 'ArrowDown') go((at + 1) % count);
    else if (event.key === 'ArrowUp') go((at + count - 1) % count);
    else if (event.key === 'Enter') choose(shown?.[at]);
    else return;
    event.preventDefault();
  };

  const only = versions.length === 1 ? versions[0] : undefined;
  const error = registries.error ?? collections.error;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && closeLinking()}
      title="Link to…"
      description={only === undefined ? formatQuantity(versions.length, 'version') : `${only.artifact} v${only.index}, ${only.type}`}
    >
      <Input
        icon={Search}
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="link-destinations"
        aria-activedescendant={shown?.[at] === undefined ? undefined : `link-destination-${shown[at].key.replace(' ', '-')}`}
        aria-label="Find a registry or a collection"
        placeholder="Registry or collection"
        value={text}
        onValueChange={(next) => {
          setText(next);
          setActive(0);
          setAwaiting(false);
        }}
        onKeyDown={press}
      />
      {error !== null ? (
        <PlaceFailure error={error} compact />
      ) : shown === null ? (
        <SkeletonLines lines={6} />
      ) : shown.length === 0 ? (
        <EmptyState compact title="Nothing by that name" text="Change the words, or make a registry first." />
      ) : (
        <ul ref={list} id="link-destinations" role="listbox" aria-label="Registries and collections" className={styles.destinations}>
          {shown.map((one, index) => (
            <li
              key={one.key}
              id={`link-destination-${one.key.replace(' ', '-')}`}
              role="option"
              aria-selected={index === at}
              aria-disabled={!one.verdict.allowed}
              data-active={index === at || undefined}
              className={styles.destination}
              onPointerMove={(event) => {
                // A resting pointer chooses nothing when the list slides under it.
                if (event.movementX !== 0 || event.movementY !== 0) setActive(index);
              }}
              onClick={() => choose(one)}
            >
              <RegistryGlyph name={one.registry.name} glyph={one.registry.glyph} hue={one.registry.hue} size="small" />
              <span className={styles.name}>
                {one.destination.collection === null ? (
                  <>
                    <Plus aria-hidden style={{ display: 'inline', width: 12, height: 12, verticalAlign: -2 }} /> New collection
                  </>
                ) : (
                  one.destination.collection.name
                )}
              </span>
              <span className={styles.where}>{one.verdict.allowed ? one.registry.name : one.verdict.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
