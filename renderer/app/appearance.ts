/** Theme, density and motion: the first two are kept by the main process (the first frame is already right), motion with the preferences. */
import { create } from 'zustand';
import type { DensityChoice, ThemeSource } from '#shared/contract/bridge.ts';
import { applyAppearance } from '../ui/theme.ts';
import { bridge } from './bridge.ts';
import { usePreferences } from './preferences.ts';

export type Appearance = { readonly theme: ThemeSource; readonly density: DensityChoice; /** Whether alerts of runs are shown as notifications of the system. */ readonly runAlerts: boolean };

export const useAppearance = create<Appearance>(() => ({ theme: 'system', density: 'normal', runAlerts: true }));

function apply(): void {
  const { theme, density } = useAppearance.getState();
  applyAppearance({ theme, density, motion: usePreferences.getState().motion });
}

/** Puts the appearance on the page and follows it from then on. Called before the first paint. */
export function watchAppearance(): void {
  const take = ({ theme, density, runAlerts }: Appearance): void => {
    useAppearance.setState({ theme, density, runAlerts });
    apply();
  };
  take(bridge().appearance());
  bridge().onAppearance(take);
  usePreferences.subscribe((now, before) => {
    if (now.motion !== before.motion) apply();
  });
}

/** Changes what the window looks like, at once and for good. */
export function setAppearance(choice: Partial<Appearance>): void {
  useAppearance.setState(choice);
  apply();
  bridge().setAppearance(choice);
}
