import { densityChoices, themeSources } from '#shared/contract/bridge.ts';
import { Button, CopyButton, Field, formatBytes, formatQuantity, Segmented, SkeletonLines, Switch } from '../../ui/index.ts';
import { Contrast, FolderOpen, Keyboard, Monitor, Moon, Settings, Sun } from '../../ui/icons.ts';
import { useCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { setAppearance, useAppearance } from '../../app/appearance.ts';
import { bridge } from '../../app/bridge.ts';
import { setPreferences, usePreferences } from '../../app/preferences.ts';
import { navigate, type PlaceProps } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { AccessSection, KeysSection } from '../accounts/index.ts';
import { openShortcuts } from '../command/index.ts';
import { RemotesSection } from '../sync/index.ts';
import styles from './Settings.module.css';

type Section = 'appearance' | 'general' | 'access' | 'keys' | 'remotes' | 'keyboard';
const sections: readonly { readonly value: Section; readonly label: string }[] = [
  { value: 'appearance', label: 'Appearance' }, { value: 'general', label: 'Catalog' }, { value: 'access', label: 'People and teams' }, { value: 'keys', label: 'API keys and server' }, { value: 'remotes', label: 'Remotes' }, { value: 'keyboard', label: 'Keyboard' },
];

/** Settings take effect at once; there is nothing to save. */
export function SettingsPlace({ place }: PlaceProps<'settings'>) {
  const section: Section = sections.find((one) => one.value === place.section)?.value ?? 'appearance';
  return (
    <>
      <PlaceHeader icon={Settings} title="Settings" />
      <PlaceBody>
        <div className={styles.settings}>
          <nav aria-label="Sections of the settings">
            <ul className={styles.sections}>
              {sections.map((one) => (
                <li key={one.value}>
                  <button type="button" className={styles.section} aria-current={one.value === section ? 'true' : undefined} onClick={() => navigate({ place: 'settings', section: one.value }, { replace: true })}>
                    {one.label}
                  </button>
                </li>
              ))}
            </ul>
          </nav>
          <div className={styles.pane}>
            {section === 'appearance' && <AppearanceSection />}
            {section === 'general' && <CatalogSection />}
            {section === 'access' && <AccessSection />}
            {section === 'keys' && <KeysSection />}
            {section === 'remotes' && <RemotesSection />}
            {section === 'keyboard' && <KeyboardSection />}
          </div>
        </div>
      </PlaceBody>
    </>
  );
}

const themeWords = { system: ['System', Monitor], light: ['Light', Sun], dark: ['Dark', Moon], contrast: ['High contrast', Contrast] } as const;
const densityWords = { compact: 'Compact', normal: 'Normal', comfortable: 'Comfortable' } as const;

function AppearanceSection() {
  const { theme, density, runAlerts } = useAppearance();
  const motion = usePreferences((preferences) => preferences.motion);
  return (
    <>
      <h2>Appearance</h2>
      <Field label="Theme" layout="inline">
        <Segmented label="Theme" value={theme} onValueChange={(next) => setAppearance({ theme: next })} options={themeSources.map((source) => ({ value: source, label: themeWords[source][0], icon: themeWords[source][1] }))} />
      </Field>
      <Field label="Density" hint="How tall rows are." layout="inline">
        <Segmented label="Density" value={density} onValueChange={(next) => setAppearance({ density: next })} options={densityChoices.map((choice) => ({ value: choice, label: densityWords[choice] }))} />
      </Field>
      <Field label="Motion" hint="Off, nothing slides or fades. The desktop’s own wish for less motion is followed in any case." layout="inline">
        <Switch aria-label="Motion" checked={motion !== 'off'} onCheckedChange={(on) => setPreferences({ motion: on ? 'system' : 'off' })} label={motion === 'off' ? 'Off' : 'As the desktop'} />
      </Field>
      <Field label="Alerts of runs" hint="What scripts say with run.alert is shown by the desktop, unless this window is in front. It stands in the history in any case." layout="inline">
        <Switch aria-label="Alerts of runs" checked={runAlerts} onCheckedChange={(on) => setAppearance({ runAlerts: on })} label={runAlerts ? 'Shown' : 'Not shown'} />
      </Field>
    </>
  );
}

function CatalogSection() {
  const { data, error, retry } = useOperation('catalog.status', {});
  const backup = useCommand('catalog.backup');
  const mayBackUp = useWhyNot()('catalog.backup', 'organization');
  const openAnother = async (): Promise<void> => {
    const folder = await bridge().chooseFolder({ title: 'Open another catalog' });
    if (folder !== null) bridge().relaunch({ dataDirectory: folder });
  };
  if (error !== null) return <PlaceFailure error={error} retry={retry} />;
  if (data === undefined) return <SkeletonLines lines={6} />;
  return (
    <>
      <h2>Catalog</h2>
      <Field label="Data folder" hint="The catalog file and the stored files." layout="inline">
        <div className={styles.folder}>
          <code>{data.directory}</code>
          <CopyButton text={data.directory} label="Copy the path" />
        </div>
        <div className={styles.buttons}>
          <Button icon={FolderOpen} onClick={() => void bridge().revealInFolder(data.directory)}>
            Show in the file manager
          </Button>
          <Button onClick={() => void openAnother()}>Open another…</Button>
        </div>
      </Field>
      <Field label="Size" layout="inline">
        <p>
          {formatQuantity(data.counts.versions, 'version')} of {formatQuantity(data.counts.artifacts, 'artifact')}; catalog {formatBytes(data.catalogBytes)}, store {formatBytes(data.storeBytes)}
        </p>
      </Field>
      <Field label="Backup" hint="A copy of the catalog file, taken while you work; the stored files are not in it." layout="inline">
        <div className={styles.buttons}>
          <Button busy={backup.running} {...barred(mayBackUp)} onClick={() => void backup.execute({}, { activity: 'Taking a backup', done: ({ file, bytes }) => `Backup taken: ${file}, ${formatBytes(bytes)}` })}>
            Take a backup
          </Button>
        </div>
      </Field>
      <Field label="You" hint="Who what you do here is written down as." layout="inline">
        <p>
          {data.user.displayName === data.user.username ? data.user.username : `${data.user.displayName} (${data.user.username})`} in the team “{data.team.name}” of the organization “{data.organization.name}”
        </p>
      </Field>
      <Field label="Version" layout="inline">
        <div className={styles.folder}>
          Vitrine {data.version}, schema {data.schema}
          <Button variant="link" onClick={() => void bridge().revealLogs()}>
            Show the logs
          </Button>
        </div>
      </Field>
    </>
  );
}

function KeyboardSection() {
  return (
    <>
      <h2>Keyboard</h2>
      <p className={styles.dim}>Everything can be done without a mouse. The list of keys opens with ? anywhere.</p>
      <div>
        <Button icon={Keyboard} keys="?" onClick={openShortcuts}>
          Show all keys
        </Button>
      </div>
    </>
  );
}

