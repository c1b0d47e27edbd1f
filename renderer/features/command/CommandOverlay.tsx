import { useMemo, useState } from 'react';
import { CommandPalette, ShortcutDialog, TypeIcon, RegistryGlyph, type PaletteGroup, type PaletteItem } from '../../ui/index.ts';
import { Clock, FolderTree, Link2, Search, Workflow } from '../../ui/icons.ts';
import type { SearchHit } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { actionBarred, availableActions } from '../../app/actions.ts';
import { navigate, openAddress, placeOfRef } from '../../app/routes/index.ts';
import { hitId, hitName, hitPlace, hitVersion, hitWhere } from '../search/index.ts';
import { closeCommandOverlay, useCommandOverlay } from './store.ts';

/** The palette (Ctrl/Cmd-K) and the list of keys (?), mounted once by the window. */
export function CommandOverlay() {
  const open = useCommandOverlay((state) => state.open);
  return (
    <>
      <Palette open={open === 'palette'} />
      <ShortcutDialog open={open === 'shortcuts'} onOpenChange={(next) => !next && closeCommandOverlay()} />
    </>
  );
}

function Palette({ open }: { readonly open: boolean }) {
  const [text, setText] = useState('');
  const wanted = text.trim();
  const quick = useOperation('search.quick', { text: wanted, limit: 12 }, { enabled: open && wanted !== '' && !wanted.startsWith('vitrine://'), keepPrevious: true });
  // What scripts write: `wandb-registry-Models/gemma:production`, `team/project/model:v3`, and `team/model-registry/name` of W&B's registry of old.
  const named = useOperation('addresses.resolve', { address: wanted, prefer: 'container' }, { enabled: open && isScriptAddress(wanted) });
  const home = useOperation('home.get', {}, { enabled: open });

  const groups = useMemo<readonly PaletteGroup[]>(() => {
    if (!open) return [];
    const actions = availableActions().filter((action) => action.id !== 'view.palette');
    const found: PaletteGroup[] = [];
    if (wanted.startsWith('vitrine://')) {
      found.push({ id: 'address', heading: 'Address', ranked: true, items: [{ id: 'address', label: `Open ${wanted}`, icon: Link2, onSelect: () => openAddress(wanted) }] });
    } else if (wanted !== '') {
      const place = named.data === undefined ? null : placeOfRef(named.data.object);
      if (place !== null && named.data !== undefined) {
        const { kind, label } = named.data.object;
        found.push({ id: 'address', heading: 'Address', ranked: true, items: [{ id: 'address', label: `Open ${label}`, detail: kind, icon: Link2, onSelect: () => navigate(place) }] });
      }
      found.push({ id: 'objects', heading: 'In the catalog', ranked: true, items: (quick.data?.items ?? []).map(itemOfHit) });
    } else {
      found.push({
        id: 'recent', heading: 'Recent', ranked: true,
        items: (home.data?.recent ?? []).slice(0, 6).flatMap((ref): readonly PaletteItem[] => {
          const place = placeOfRef(ref);
          return place === null ? [] : [{ id: `recent ${ref.kind} ${ref.id}`, label: ref.label, detail: ref.kind, icon: Clock, onSelect: () => navigate(place) }];
        }),
      });
    }
    for (const group of new Set(actions.map((action) => action.group))) {
      found.push({
        id: group, heading: group,
        items: actions
          .filter((action) => action.group === group)
          .map((action) => ({ action, reason: actionBarred(action) }))
          .map(({ action, reason }) => ({
            id: action.id, label: action.label, onSelect: action.run,
            ...(reason === null ? {} : { disabled: true, detail: reason }),
            ...(action.icon === undefined ? {} : { icon: action.icon }),
            ...(action.keys === undefined ? {} : { keys: action.keys }),
            ...(action.words === undefined ? {} : { keywords: action.words.split(' ') }),
          })),
      });
    }
    if (wanted !== '') {
      found.push({ id: 'search', heading: 'Search', ranked: true, items: [{ id: 'search everything', label: `Search for “${wanted}”`, icon: Search, ...(quick.data?.problem == null || quick.previous ? {} : { detail: quick.data.problem.explanation }), onSelect: () => navigate({ place: 'search', query: wanted }) }] });
    }
    return found;
  }, [open, wanted, quick.data, quick.previous, named.data, home.data]);

  return <CommandPalette open={open} onOpenChange={(next) => !next && closeCommandOverlay()} groups={groups} onQueryChange={setText} loading={wanted !== '' && !wanted.startsWith('vitrine://') && (quick.pending || quick.previous)} />;
}

/** Two steps at least, none of them empty: words with a slash in them are searched for all the same. */
function isScriptAddress(text: string): boolean {
  return !text.startsWith('vitrine://') && /^[^/\s][^/]*(?:\/[^/]+){1,2}$/u.test(text);
}

function itemOfHit(hit: SearchHit): PaletteItem {
  const version = hitVersion(hit);
  return {
    id: hitId(hit),
    label: hitName(hit),
    detail: [hit.kind, hitWhere(hit)].filter((part) => part !== '').join(' · '),
    leading: leadingOf(hit),
    onSelect: () => navigate(hitPlace(hit)),
    ...(version === null ? {} : { keywords: ['link', ...(version.type === '' ? [] : [version.type])] }),
  };
}

function leadingOf(hit: SearchHit) {
  switch (hit.kind) {
    case 'version':
      return <TypeIcon type={hit.version.type} />;
    case 'artifact':
      return <TypeIcon type={hit.artifact.type} />;
    case 'registry':
      return <RegistryGlyph name={hit.registry.name} glyph={hit.registry.glyph} hue={hit.registry.hue} size="small" />;
    case 'collection':
      return <TypeIcon type={hit.collection.type} />;
    case 'run':
      return <Workflow size={15} aria-hidden />;
    case 'project':
      return <FolderTree size={15} aria-hidden />;
  }
}

