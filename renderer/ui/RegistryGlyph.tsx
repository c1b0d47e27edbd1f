import { classNames } from './class-names.ts';
import { hueOf, hueStyle } from './hue.ts';
import {
  Box,
  Boxes,
  Brain,
  Cpu,
  Database,
  FlaskConical,
  Gauge,
  Gem,
  Globe,
  Layers,
  Library,
  MessageSquare,
  Rocket,
  Scan,
  Shapes,
  ShieldCheck,
  Target,
  Telescope,
  Trophy,
} from './icons.ts';
import type { Icon } from './icons.ts';
import styles from './marks.module.css';

/** The glyphs a registry can wear, by the name that is stored. */
export const REGISTRY_GLYPHS: Readonly<Record<string, Icon>> = {
  library: Library,
  box: Box,
  brain: Brain,
  database: Database,
  boxes: Boxes,
  rocket: Rocket,
  flask: FlaskConical,
  shield: ShieldCheck,
  gem: Gem,
  layers: Layers,
  target: Target,
  telescope: Telescope,
  trophy: Trophy,
  cpu: Cpu,
  gauge: Gauge,
  globe: Globe,
  message: MessageSquare,
  scan: Scan,
  shapes: Shapes,
};

export interface RegistryGlyphProps {
  /** The registry's name: its initial is drawn when no glyph is chosen, its hash gives the hue when none is. */
  readonly name: string;
  /** A key of `REGISTRY_GLYPHS`. */
  readonly glyph?: string | null;
  /** 0 … 11. */
  readonly hue?: number | null;
  readonly size?: 'small' | 'normal' | 'large';
  /** Says the name to screen readers; leave it false where the name stands beside it. */
  readonly labelled?: boolean;
}

/** A registry's mark: glyph and hue, the same on chips, nodes and headers. */
export function RegistryGlyph({ name, glyph, hue, size = 'normal', labelled = false }: RegistryGlyphProps) {
  const Drawing = glyph === undefined || glyph === null ? undefined : REGISTRY_GLYPHS[glyph];
  return (
    <span
      className={classNames(styles.glyph, size === 'small' && styles.glyphSmall, size === 'large' && styles.glyphLarge)}
      style={hueStyle(hue ?? hueOf(name))}
      {...(labelled ? { role: 'img', 'aria-label': name } : { 'aria-hidden': true })}
    >
      {Drawing === undefined ? <span className={styles.glyphText} data-initials={(Array.from(name.trim())[0] ?? '?').toUpperCase()} /> : <Drawing />}
    </span>
  );
}
