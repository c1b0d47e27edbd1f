import { useMemo } from 'react';
import { AliasBar, type AliasSuggestion } from '../../aliases/index.ts';
import { useOperation } from '../../../app/api/index.ts';
import { PlaceLink, placeOf } from '../../../app/routes/index.ts';
import { AliasChip } from '../../../ui/index.ts';
import { AliasMoves } from '../parts/AliasMoves.tsx';
import { Section } from '../parts/Facts.tsx';
import { TabBody } from '../parts/TabBody.tsx';
import { linkHolder, sourceHolder, type Shown } from '../shown.ts';
import styles from './tabs.module.css';

export function AliasesTab({ shown }: { readonly shown: Shown }) {
  const { version, link, rights } = shown;
  return (
    <TabBody name="aliases" label="Aliases">
      {link !== null && <LinkAliases shown={shown} link={link} />}
      <Section title={link === null ? `In ${version.artifact}` : `At its source, ${version.artifact} v${version.index}`} {...(link === null ? {} : { facts: 'these are its own, apart from those of the collection' })}>
        <AliasBar {...sourceHolder(version)} aliases={version.aliases} mayMoveProtected editable={rights.editSourceAliases === null} />
      </Section>
      {link === null && version.links.length > 0 && (
        <Section title="Where it is linked">
          <ul className={styles.rows}>
            {version.links.map((mark) => (
              <li key={mark.linkId} className={styles.row}>
                <PlaceLink to={placeOf.link(mark)} className={styles.rowName}>
                  <span>
                    {mark.registry} / {mark.collection}
                  </span>
                </PlaceLink>
                <span className={styles.dim}>v{mark.index}</span>
                <span className={styles.chips}>
                  {mark.aliases.map((alias) => (
                    <AliasChip key={alias.name} alias={alias.name} isProtected={alias.protected} />
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <AliasMoves
        holder={link === null ? sourceHolder(version).holder : linkHolder(link).holder}
        index={link === null ? version.index : link.index}
        known={(link?.aliases ?? version.aliases).map((alias) => alias.name)}
        protectedAliases={shown.registry?.protectedAliases ?? []}
        placeOfVersion={(index) => (link === null ? placeOf.version({ ...version, index }) : placeOf.link({ ...link, index }))}
      >
        {({ facts, filter, list }) => (
          <Section title={`Timeline of ${link === null ? version.artifact : link.collection}`} facts={facts} actions={filter}>
            {list}
          </Section>
        )}
      </AliasMoves>
    </TabBody>
  );
}

function LinkAliases({ shown, link }: { readonly shown: Shown; readonly link: NonNullable<Shown['link']> }) {
  const collection = useOperation('collections.get', { id: link.collectionId });
  const suggestions = useMemo<readonly AliasSuggestion[]>(
    () =>
      (collection.data?.aliases ?? []).map((alias) => ({
        alias: alias.name, standsOn: alias.index, protected: alias.protected,
        lockedReason: alias.protected && !shown.rights.mayMoveProtected ? 'It is protected: only an admin of the registry may.' : null,
      })),
    [collection.data, shown.rights.mayMoveProtected],
  );
  return (
    <Section title={`In ${link.collection}`} facts="each stands on one version of the collection at most">
      <AliasBar {...linkHolder(link)} aliases={link.aliases} mayMoveProtected={shown.rights.mayMoveProtected} editable={shown.rights.editLink === null} suggestions={suggestions} />
    </Section>
  );
}
