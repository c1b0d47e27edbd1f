import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { rememberFocus } from './focus-return.ts';
import { LiveRegion } from './LiveRegion.tsx';
import { followSystemContrast } from './theme.ts';
import { Toaster } from './Toaster.tsx';

/**
 * What the primitives need around them, once: tooltips that follow each other without delay, the live regions, the
 * toasts, and no inline style elements, since the window's content security policy forbids them.
 */
export function UiProvider({ children }: { readonly children: ReactNode }) {
  useEffect(() => followSystemContrast(), []);
  useEffect(() => rememberFocus(), []);
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={500} closeDelay={0} timeout={300}>
        {children}
        <Toaster />
        <LiveRegion />
      </Tooltip.Provider>
    </CSPProvider>
  );
}
