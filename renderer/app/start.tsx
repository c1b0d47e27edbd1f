/** Puts the window together. The product (main.tsx) and the development page (dev/) differ in where core comes from, and in nothing else. */
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { openLogDialog } from '../features/logging/index.ts';
import { ErrorBoundary, UiProvider } from '../ui/index.ts';
import { cache, core } from './api/index.ts';
import { followChanges } from './api/feed.ts';
import { watchAppearance } from './appearance.ts';
import { bridge } from './bridge.ts';
import { watchFileDrops } from './drag/index.ts';
import { registerFeatures } from './places.ts';
import { loadPreferences } from './preferences.ts';
import { currentPlace, openAddress, preloadPlace } from './routes/index.ts';
import { Frame } from './shell/Frame.tsx';
import { watchCore } from './startup.ts';
import './drag/drag.css';

export async function startWindow(): Promise<void> {
  watchAppearance();
  watchCore();
  followChanges(core());
  registerFeatures();
  void loadPreferences();
  bridge().onOpenAddress(openAddress);
  watchFileDrops(
    (files) => bridge().pathsOfFiles(files),
    (paths) => openLogDialog({ paths }),
  );
  // With its code there, the first place stands in the first render and asks what it shows; without, all would be rendered, laid out and painted twice.
  await preloadPlace(currentPlace().place);
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  // In the turn in which the scripts ran: in one of its own, an empty window would be laid out, painted and shown before.
  flushSync(() =>
    createRoot(root).render(
      <StrictMode>
        <QueryClientProvider client={cache}>
          <UiProvider>
            <ErrorBoundary what="The window" onError={(error, stack) => console.error(error, stack)}>
              <Frame />
            </ErrorBoundary>
          </UiProvider>
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
}
