import { memo, useEffect } from 'react';
import { showToast, SplitPane } from '../../ui/index.ts';
import { DragLayer } from '../drag/index.ts';
import { showNoticesWith } from '../api/notify.ts';
import { panelBounds, setPreferences, usePreferences } from '../preferences.ts';
import { usePlace } from '../routes/index.ts';
import { useCoreState } from '../startup.ts';
import { Banners } from './Banners.tsx';
import { Inspector } from './Inspector.tsx';
import { placeSelects } from './inspected.ts';
import { MenuLayer } from './MenuLayer.tsx';
import { OverlaysLater } from './OverlaysLater.tsx';
import { PlaceSlot } from './PlaceSlot.tsx';
import { Rail, Sidebar } from './Sidebar.tsx';
import { FailedScreen, StartingScreen } from './StartupScreen.tsx';
import { StatusLine } from './StatusLine.tsx';
import { TopBar } from './TopBar.tsx';
import { useNarrow } from './useNarrow.ts';
import { useWindowActions } from './windowActions.ts';
import styles from './Frame.module.css';

/** The whole window. */
export function Frame() {
  const { startup, wasReady } = useCoreState();
  useEffect(
    () =>
      showNoticesWith(({ tone, title, text, action, secondAction, details, key }) => {
        showToast({
          message: title,
          tone: tone === 'neutral' ? 'plain' : tone,
          ...(key === undefined ? {} : { key }),
          ...(text === undefined ? {} : { detail: text }),
          ...(action === undefined ? {} : { action: { label: action.label, onAct: action.onPress } }),
          ...(secondAction === undefined ? {} : { secondAction: { label: secondAction.label, onAct: secondAction.onPress } }),
          ...(details === undefined ? {} : { moreDetail: details }),
        });
      }),
    [],
  );
  if (startup.phase === 'failed') return <FailedScreen facts={startup} />;
  // Opening is a matter of a moment: the window stands meanwhile, with its place loaded and its questions waiting for core. What takes longer
  // says what it does.
  if (startup.phase === 'starting' && !wasReady && startup.step !== null && startup.step !== 'opening') return <StartingScreen facts={startup} />;
  return <RunningFrame />;
}

/** A part of its own: what the menu shows of the catalog changes often, and nothing else of the window with it. */
function WindowActions() {
  useWindowActions();
  return null;
}

/** Where core stands is no matter of the frame: while it starts, the facts come one after the other. */
const RunningFrame = memo(function RunningFrame() {
  const { sidebarOpen, sidebarWidth, inspectorOpen, inspectorWidth } = usePreferences();
  const selects = placeSelects(usePlace());
  const narrow = useNarrow();
  return (
    <div className={styles.window}>
      <a className={styles.skip} href="#place" onClick={(event) => { event.preventDefault(); document.getElementById('place')?.focus(); }}>
        Skip to the content
      </a>
      <div className={styles.panes}>
        {!sidebarOpen && <Rail />}
        <SplitPane
          label="Sidebar width"
          side="start"
          size={sidebarWidth}
          defaultSize={240}
          min={panelBounds.sidebar[0]}
          max={panelBounds.sidebar[1]}
          collapsed={!sidebarOpen}
          onSizeChange={(size) => setPreferences({ sidebarWidth: size })}
          onCollapse={() => setPreferences({ sidebarOpen: false })}
          landmark={{ element: 'nav', label: 'Navigation' }}
          start={<Sidebar />}
          end={
            <div className={styles.middle}>
              <TopBar />
              <Banners />
              <SplitPane
                label="Inspector width"
                side="end"
                className={styles.content}
                size={inspectorWidth}
                defaultSize={300}
                min={panelBounds.inspector[0]}
                max={panelBounds.inspector[1]}
                collapsed={!inspectorOpen || !selects || narrow}
                onSizeChange={(size) => setPreferences({ inspectorWidth: size })}
                onCollapse={() => setPreferences({ inspectorOpen: false })}
                landmark={{ element: 'aside', label: 'Inspector' }}
                start={<PlaceSlot />}
                end={<Inspector />}
              />
            </div>
          }
        />
      </div>
      <StatusLine />
      <WindowActions />
      <OverlaysLater />
      <MenuLayer />
      <DragLayer />
    </div>
  );
});
