import { useState } from 'react';
import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { formatSelector, type Selector } from '#shared/domain/addresses.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { asVitrineError, core, useOperation } from '../../../app/api/index.ts';
import { bridge } from '../../../app/bridge.ts';
import { formatPlace, PlaceLink, usePlaceState } from '../../../app/routes/index.ts';
import { Button, CodeBlock, Segmented, StatusDot } from '../../../ui/index.ts';
import { KeyRound } from '../../../ui/icons.ts';
import { Section } from '../parts/Facts.tsx';
import { TabBody } from '../parts/TabBody.tsx';
import { barred, useWhyNot } from '../../../app/rights.ts';
import { commandLines, folderNameFor, pythonDownload } from '../snippets.ts';
import { addressOf, nameOf, placeWith, type Shown } from '../shown.ts';
import styles from './tabs.module.css';

/** How to use the version from elsewhere. What is shown is what is copied, and what works. */
export function UsageTab({ shown }: { readonly shown: Shown }) {
  const { version, link, place } = shown;
  const { name, index } = nameOf(shown);
  const aliases = (link?.aliases ?? version.aliases).map((alias) => alias.name).sort((left, right) => Number(left === latestAlias) - Number(right === latestAlias));
  const [choice, setChoice] = usePlaceState('usage selector', () => (place.selector.kind === 'alias' ? place.selector.alias : `v${index}`));
  const selector: Selector = choice === `v${index}` || !aliases.includes(choice) ? { kind: 'number', number: index } : { kind: 'alias', alias: choice };
  const address = addressOf(shown, selector);
  const folder = folderNameFor(selector.kind === 'number' ? `${name}-v${index}` : `${name}-${selector.alias}`);
  const shell = bridge().platform === 'win32' ? 'windows' : 'posix';
  const options = [`v${index}`, ...aliases.slice(0, 5)].map((value) => ({ value, label: value }));

  return (
    <TabBody name="usage" label="Usage">
      <Section title="Which version" facts={selector.kind === 'number' ? 'always exactly this one' : `whatever “${formatSelector(selector)}” stands on when it runs`}>
        <div className={styles.bar}>
          <Segmented label="Named by" size="small" options={options} value={formatSelector(selector)} onValueChange={setChoice} />
        </div>
      </Section>
      <PythonSection address={address} folder={folder} />
      <Section title="Command line" facts="on this machine, with the window open or closed">
        <div className={styles.lines}>
          {commandLines(address, folder, shell).map(({ meaning, line }) => (
            <div key={line}>
              <span className={styles.small}>{meaning}</span>
              <CodeBlock code={line} wrap />
            </div>
          ))}
        </div>
      </Section>
      <Section title="Link" facts="opens this page in Vitrine">
        <CodeBlock code={formatPlace(placeWith(place, { selector, tab: undefined, file: undefined }))} wrap />
      </Section>
    </TabBody>
  );
}

/** Keys are shown once: this one is known for as long as the window lives, and nowhere written. */
let keyOfThisWindow: string | null = null;

function PythonSection({ address, folder }: { readonly address: string; readonly folder: string }) {
  const door = useOperation('door.status', {});
  const [key, setKey] = useState(keyOfThisWindow);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const url = door.data?.url ?? null;
  const whyNot = useWhyNot();

  const prepare = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      if (url === null) await core().execute('door.start', {});
      if (key === null) {
        const { output } = await core().execute('keys.create', { name: `Usage snippet, ${new Date().toISOString().slice(0, 10)}` });
        keyOfThisWindow = output.key;
        setKey(output.key);
      }
      door.retry();
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(false);
    }
  };

  const ready = url !== null && key !== null;
  return (
    <Section title="Python" facts="standard library only">
      <div className={styles.door}>
        <div className={styles.doorWords}>
          {ready ? (
            <StatusDot tone="good" label={`The server runs at ${url}; the key below is yours.`} />
          ) : url !== null ? (
            <StatusDot tone="caution" label={`The server runs at ${url}; the snippet needs a key.`} />
          ) : (
            <StatusDot tone="neutral" hollow label="The server is off: scripts can’t reach the catalog." />
          )}
          {failure !== null && (
            <p role="alert">
              {explainError(failure).title}. {explainError(failure).sentence}
            </p>
          )}
        </div>
        {ready ? (
          <span className={styles.small}>
            Shown this once. Revoke it in <PlaceLink to={{ place: 'settings', section: 'keys' }}>Settings</PlaceLink>.
          </span>
        ) : (
          <Button icon={KeyRound} busy={busy} {...barred(url === null ? whyNot('door.start', 'organization') : null)} onClick={() => void prepare()} tooltip="Only this machine can reach it.">
            {url === null ? 'Start the server and make a key' : 'Make a key'}
          </Button>
        )}
      </div>
      <CodeBlock title={ready ? 'Python' : 'Python, with VITRINE_URL and VITRINE_API_KEY from the environment'} code={pythonDownload({ url: ready ? url : null, key: ready ? key : null, address, folder })} />
    </Section>
  );
}
