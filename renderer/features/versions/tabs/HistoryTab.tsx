import { useMemo } from 'react';
import { PlaceLink } from '../../../app/routes/index.ts';
import { EventList, type HistoryObject } from '../parts/EventList.tsx';
import { TabBody } from '../parts/TabBody.tsx';
import type { Shown } from '../shown.ts';
import styles from './tabs.module.css';

/** More collections than this hardly hold one version; the history place has them all. */
const mostLinks = 20;

/** What happened to this version and to its links. */
export function HistoryTab({ shown: { version, link, place } }: { readonly shown: Shown }) {
  const objects = useMemo<readonly HistoryObject[]>(
    () => [
      { kind: 'version', id: version.id },
      ...version.links
        .slice()
        .sort((left, right) => Number(right.linkId === link?.id) - Number(left.linkId === link?.id))
        .slice(0, mostLinks)
        .map((mark) => ({ kind: 'link', id: mark.linkId }) as const),
    ],
    [version.id, version.links, link?.id],
  );
  return (
    <TabBody name="history" label="History">
      <EventList title="History" objects={objects} empty="Every change to the version and to its links appears here." />
      <p className={styles.small}>
        <PlaceLink to={{ place: 'history', focus: { ...place, tab: undefined, file: undefined } }}>Open in History</PlaceLink> to filter, to verify the chain and to copy it out.
      </p>
    </TabBody>
  );
}
