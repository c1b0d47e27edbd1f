import type { NativeTheme } from 'electron';
import type { AppearanceFacts, DensityChoice, ThemeSource } from '#shared/contract/bridge.ts';
import type { WindowStateFile } from './windowState.ts';

/** The window's ground before the page has painted: `--surface` of renderer/ui/tokens.css per theme (a test holds them together). */
export const grounds = { light: '#fdfdfe', dark: '#15181b', contrast: '#000000' } as const;

export type Appearance = {
  facts(): AppearanceFacts;
  ground(): string;
  choose(choice: { readonly theme?: ThemeSource; readonly density?: DensityChoice; readonly runAlerts?: boolean }): void;
};

/** Theme, density and whether runs may notify: chosen by a person, kept beside the window's place, known before the first frame. */
export function createAppearance(nativeTheme: NativeTheme, kept: WindowStateFile, onChange: (facts: AppearanceFacts) => void): Appearance {
  const apply = (theme: ThemeSource): void => {
    // High contrast is drawn on black.
    const source = theme === 'contrast' ? 'dark' : theme;
    // Chromium goes through all of a theme again when it is told the one that it has.
    if (nativeTheme.themeSource !== source) nativeTheme.themeSource = source;
  };
  const facts = (): AppearanceFacts => {
    const { theme, density, runAlerts } = kept.state;
    const highContrast = theme === 'contrast' || (theme === 'system' && nativeTheme.shouldUseHighContrastColors);
    return { theme, density, dark: highContrast || nativeTheme.shouldUseDarkColors, highContrast, runAlerts };
  };
  apply(kept.state.theme);
  let told = facts();
  const tell = (): void => {
    told = facts();
    onChange(told);
  };
  // A system tells its theme several times while an app starts, the same each time.
  nativeTheme.on('updated', () => {
    const now = facts();
    if (now.dark !== told.dark || now.highContrast !== told.highContrast) tell();
  });
  return {
    facts,
    ground() {
      const now = facts();
      if (now.highContrast) return grounds.contrast;
      return now.dark ? grounds.dark : grounds.light;
    },
    choose(choice) {
      kept.change(choice);
      if (choice.theme !== undefined) apply(choice.theme);
      tell();
    },
  };
}
