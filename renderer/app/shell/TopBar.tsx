import { Breadcrumb, IconButton, RegistryGlyph } from '../../ui/index.ts';
import { ArrowLeft, ArrowRight, PanelLeftClose, PanelRightClose, PanelRightOpen } from '../../ui/icons.ts';
import { SearchBox } from '../../features/search/index.ts';
import { useOperation } from '../api/index.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import { canGoBack, canGoForward, crumbsOf, formatPlace, goBack, goForward, navigate, useNavigation, usePlace } from '../routes/index.ts';
import { placeSelects } from './inspected.ts';
import { useNarrow } from './useNarrow.ts';
import styles from './TopBar.module.css';

/** Back and forward, where one is, the search. */
export function TopBar() {
  const place = usePlace();
  const back = useNavigation(canGoBack);
  const forward = useNavigation(canGoForward);
  const { sidebarOpen, inspectorOpen } = usePreferences();
  const narrow = useNarrow();
  const registries = useOperation('registries.list', {}).data?.items;
  const crumbs = crumbsOf(place);
  return (
    <header className={styles.bar}>
      {sidebarOpen && <IconButton icon={PanelLeftClose} label="Hide the sidebar" keys="$mod+b" onClick={() => setPreferences({ sidebarOpen: false })} />}
      <IconButton icon={ArrowLeft} label="Back" keys="Alt+ArrowLeft" disabled={!back} onClick={goBack} />
      <IconButton icon={ArrowRight} label="Forward" keys="Alt+ArrowRight" disabled={!forward} onClick={goForward} />
      <div className={styles.crumbs}>
        <Breadcrumb
          crumbs={crumbs.map((crumb, index) => {
            const registry = crumb.place.place === 'registry' ? registries?.find((one) => one.name === crumb.label) : undefined;
            return {
              id: `${index} ${formatPlace(crumb.place)}`,
              label: crumb.label,
              ...(registry === undefined ? {} : { leading: <RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} size="small" /> }),
              ...(index === crumbs.length - 1 ? {} : { onOpen: () => navigate(crumb.place) }),
            };
          })}
        />
      </div>
      <SearchBox />
      <IconButton
        icon={inspectorOpen ? PanelRightClose : PanelRightOpen}
        label={inspectorOpen ? 'Hide the inspector' : 'Show the inspector'}
        keys="$mod+i"
        aria-pressed={inspectorOpen && placeSelects(place) && !narrow}
        disabled={!placeSelects(place) || narrow}
        disabledReason={narrow ? 'The window is too narrow for it' : 'Nothing is selected in this place'}
        onClick={() => setPreferences({ inspectorOpen: !inspectorOpen })}
      />
    </header>
  );
}
