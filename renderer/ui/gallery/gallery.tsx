/** Every primitive in one page, for eyes, keyboards and tests. No part of the product. */
import '../styles.ts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  ArrowRightLeft,
  Boxes,
  Copy,
  Download,
  FlaskConical,
  GitFork,
  House,
  Link2,
  ListFilter,
  PackageOpen,
  Pencil,
  Plus,
  Search,
  Settings,
  Star,
  Trash2,
  Workflow,
} from '../icons.ts';
import * as ui from '../index.ts';
import type { Column, DataTableHandle, MenuEntry, PaletteGroup, Selection, Sort, TreeNode } from '../index.ts';
import { sampleRow } from './sample.ts';
import type { SampleRow } from './sample.ts';
import styles from './gallery.module.css';

const {
  AlertDialog,
  AliasChip,
  AliasChips,
  Avatar,
  Badge,
  Breadcrumb,
  Button,
  Checkbox,
  CodeBlock,
  Combobox,
  CommandPalette,
  DataTable,
  Dialog,
  Digest,
  EmptyState,
  ErrorState,
  Field,
  IconButton,
  Input,
  Kbd,
  List,
  Markdown,
  Menu,
  MultiCombobox,
  Popover,
  ProgressBar,
  RegistryGlyph,
  RelativeTime,
  Segmented,
  Select,
  ShortcutDialog,
  Size,
  SkeletonLines,
  SplitPane,
  StatusDot,
  Switch,
  Tabs,
  TagChip,
  TextArea,
  Toolbar,
  ToolbarDivider,
  ToolbarSpacer,
  Tree,
  TypeIcon,
  UiProvider,
} = ui;

const STARTED = Date.now();
const parameters = new URLSearchParams(location.search);
const SECTIONS = ['table', 'controls', 'chips', 'states', 'floating', 'text', 'colours', 'plain'] as const;
type Section = (typeof SECTIONS)[number];

function chosen<Value extends string>(name: string, values: readonly Value[], fallback: Value): Value {
  return values.find((value) => value === parameters.get(name)) ?? fallback;
}

const appearance: ui.Appearance = {
  theme: chosen('theme', ui.THEMES, 'system'),
  density: chosen('density', ui.DENSITIES, 'normal'),
  motion: chosen('motion', ui.MOTIONS, 'system'),
};

const nodes: ReadonlyArray<TreeNode<{ readonly section?: Section; readonly kind: string; readonly type?: string }>> = [
  { id: 'table', label: 'Table', data: { section: 'table', kind: 'place' } },
  { id: 'controls', label: 'Controls', data: { section: 'controls', kind: 'place' } },
  { id: 'chips', label: 'Chips and marks', data: { section: 'chips', kind: 'place' } },
  { id: 'states', label: 'States', data: { section: 'states', kind: 'place' } },
  { id: 'floating', label: 'What floats', data: { section: 'floating', kind: 'place' } },
  { id: 'text', label: 'Markdown', data: { section: 'text', kind: 'place' } },
  { id: 'colours', label: 'Type and colours', data: { section: 'colours', kind: 'place' } },
  ...['Production models', 'Evaluation sets', 'Research', 'Speech'].map((name) => ({
    id: `registry-${name}`,
    label: name,
    data: { kind: 'registry' },
    children: ['mini-lm', 'reranker', 'benchmarks'].map((collection) => ({
      id: `registry-${name}-${collection}`,
      label: collection,
      data: { kind: 'collection', type: collection === 'benchmarks' ? 'dataset' : 'model' },
    })),
  })),
];

const columns: ReadonlyArray<Column<SampleRow>> = [
  {
    id: 'name',
    header: 'Name',
    width: 200,
    grow: 2,
    sortable: true,
    fixed: true,
    text: (row) => row.name,
    render: (row) => (
      <>
        <TypeIcon type={row.type} />
        <span>{row.name}</span>
        <Badge>v{row.version}</Badge>
      </>
    ),
  },
  {
    id: 'aliases',
    header: 'Aliases',
    width: 180,
    grow: 1,
    render: (row) => <AliasChips aliases={row.aliases} isProtected={(alias) => alias === 'production'} />,
  },
  {
    id: 'registry',
    header: 'Registry',
    width: 160,
    sortable: true,
    render: (row) => (
      <>
        <RegistryGlyph name={row.registry} size="small" />
        {row.registry}
      </>
    ),
  },
  { id: 'accuracy', header: 'accuracy', width: 88, numeric: true, sortable: true, text: (row) => row.accuracy.toFixed(4) },
  { id: 'size', header: 'Size', width: 88, numeric: true, sortable: true, render: (row) => <Size bytes={row.bytes} /> },
  { id: 'digest', header: 'Digest', width: 96, render: (row) => <Digest digest={row.digest} focusable={false} /> },
  { id: 'author', header: 'Author', width: 150, render: (row) => <Avatar name={row.author} named /> },
  { id: 'time', header: 'Created', width: 104, sortable: true, render: (row) => <RelativeTime time={row.time} /> },
];

function TableSection({ rowCount }: { readonly rowCount: number }) {
  const [sort, setSort] = useState<Sort>({ column: 'time', direction: 'descending' });
  const [selection, setSelection] = useState<Selection>(ui.NOTHING_SELECTED);
  const [loadedUpTo, setLoadedUpTo] = useState(parameters.get('late') === '1' ? 0 : Number.POSITIVE_INFINITY);
  const [wanted, setWanted] = useState(0);
  const [opened, setOpened] = useState('');
  const handle = useRef<DataTableHandle>(null);
  const getRow = useCallback((index: number) => (index < loadedUpTo ? sampleRow(index) : undefined), [loadedUpTo]);

  useEffect(() => {
    // Rows that come late come when a test says so.
    Object.assign(window, { galleryTable: handle, galleryRelease: () => setLoadedUpTo(wanted) });
  }, [wanted]);

  const menu = (row: SampleRow): readonly MenuEntry[] => [
    { id: 'open', label: `Open ${row.name}`, keys: 'Enter', onSelect: () => setOpened(row.name) },
    { id: 'link', label: 'Link to…', icon: Link2, keys: 'l', onSelect: () => undefined },
    { id: 'copy', label: 'Copy link', icon: Copy, keys: '$mod+Shift+c', onSelect: () => undefined },
    {
      kind: 'submenu',
      id: 'move',
      label: 'Move an alias here',
      icon: ArrowRightLeft,
      items: [
        { id: 'production', label: 'production', disabled: true, reason: 'Only admins may move protected aliases', onSelect: () => undefined },
        { id: 'staging', label: 'staging', onSelect: () => undefined },
      ],
    },
    { kind: 'separator' },
    { id: 'delete', label: 'Delete…', icon: Trash2, tone: 'danger', keys: 'Delete', onSelect: () => undefined },
  ];

  const count = ui.selectionSize(selection, rowCount);
  return (
    <>
      <Toolbar label="Versions" lined>
        <Input size="small" icon={Search} placeholder="Filter versions" aria-label="Filter versions" trailing={<Kbd keys="/" />} />
        <Button size="small" variant="quiet" icon={ListFilter}>
          Type
        </Button>
        <ToolbarDivider />
        <span>{count === 0 ? ui.formatQuantity(rowCount, 'version') : `${ui.formatCount(count)} of ${ui.formatQuantity(rowCount, 'version')} selected`}</span>
        <ToolbarSpacer />
        <Button size="small" variant="quiet" icon={GitFork} disabled={count !== 2} disabledReason="Select two versions to compare them">
          Compare
        </Button>
        <Button size="small" variant="primary" icon={Plus}>
          Log a version
        </Button>
      </Toolbar>
      <div className={styles.tableBox} data-opened={opened}>
        <DataTable<SampleRow>
          ref={handle}
          label="Versions"
          rowCount={rowCount}
          getRow={getRow}
          getRowId={(row) => row.id}
          columns={columns}
          sort={sort}
          onSortChange={setSort}
          selection={selection}
          onSelectionChange={setSelection}
          checkboxes
          typeAhead
          onOpen={(row) => setOpened(row.name)}
          onRangeNeeded={(_first, last) => setWanted(last)}
          getContextMenu={menu}
          getDragPayload={(row) => ({
            data: { 'text/plain': row.name },
            label: count > 1 ? ui.formatQuantity(count, 'version') : `${row.name} v${row.version}`,
          })}
          scrollKey="gallery"
        />
      </div>
    </>
  );
}

function ControlsSection() {
  const [text, setText] = useState('mini-lm');
  const [checked, setChecked] = useState(true);
  const [view, setView] = useState<'table' | 'graph' | 'board'>('table');
  const [type, setType] = useState<'model' | 'dataset' | 'other' | null>('model');
  const [registry, setRegistry] = useState<string | null>('r1');
  const [tags, setTags] = useState<string[]>(['release', 'eu']);
  const registries = useMemo(
    () =>
      ['Production models', 'Evaluation sets', 'Research', 'Speech', 'Archive'].map((name, index) => ({
        value: `r${index}`,
        label: name,
        leading: <RegistryGlyph name={name} size="small" />,
        detail: index === 0 ? '12 collections' : undefined,
      })),
    [],
  );
  return (
    <>
      <section className={styles.section}>
        <h2 className={styles.heading}>Buttons</h2>
        <div className={styles.row}>
          <Button variant="primary">Link version</Button>
          <Button icon={Download}>Download</Button>
          <Button variant="quiet" icon={Star}>
            Star
          </Button>
          <Button variant="danger" icon={Trash2}>
            Delete 3 versions
          </Button>
          <Button variant="link">Show the audit trail</Button>
          <Button busy>Verifying</Button>
          <Button disabled disabledReason="You are a viewer here">
            Rename
          </Button>
        </div>
        <div className={styles.row}>
          <Button size="small" variant="primary">
            Small
          </Button>
          <Button size="small" icon={Pencil}>
            Edit card
          </Button>
          <IconButton icon={Star} label="Star this collection" keys="s" aria-pressed />
          <IconButton icon={Copy} label="Copy link" />
          <IconButton icon={Trash2} label="Delete" disabled disabledReason="Protected by an alias" />
          <IconButton icon={Plus} label="New registry" variant="normal" size="small" />
          <Segmented
            label="View"
            value={view}
            onValueChange={setView}
            options={[
              { value: 'table', label: 'Table' },
              { value: 'graph', label: 'Lineage' },
              { value: 'board', label: 'Board' },
            ]}
          />
          <Segmented
            label="View, small"
            size="small"
            value={view}
            onValueChange={setView}
            options={[
              { value: 'table', label: 'Table', icon: ListFilter, iconOnly: true },
              { value: 'graph', label: 'Lineage', icon: Workflow, iconOnly: true },
              { value: 'board', label: 'Board', icon: Boxes, iconOnly: true },
            ]}
          />
          <Kbd keys="$mod+k" />
          <Kbd keys="g r" />
        </div>
      </section>
      <section className={styles.section}>
        <h2 className={styles.heading}>Fields</h2>
        <div className={styles.columns}>
          <div className={styles.stack}>
            <Field label="Name" hint="Letters, digits, dots, dashes and underscores; at most 128">
              <Input value={text} onValueChange={setText} mono />
            </Field>
            <Field label="Collection" error="“a/b” holds a slash; a collection’s name can’t.">
              <Input defaultValue="a/b" mono />
            </Field>
            <Field label="Description" optional>
              <TextArea grows placeholder="What is this for, and for whom?" />
            </Field>
          </div>
          <div className={styles.stack}>
            <Field label="Type">
              <Select
                value={type}
                onValueChange={setType}
                options={[
                  { value: 'model', label: 'Model', leading: <TypeIcon type="model" /> },
                  { value: 'dataset', label: 'Dataset', leading: <TypeIcon type="dataset" />, detail: 'Files that training reads' },
                  { value: 'other', label: 'Other', leading: <TypeIcon type="other" /> },
                ]}
              />
            </Field>
            <Field label="Registry">
              <Combobox value={registry} onValueChange={setRegistry} options={registries} placeholder="Find a registry" />
            </Field>
            <Field label="Tags">
              <MultiCombobox
                values={tags}
                onValuesChange={setTags}
                options={['release', 'eu', 'us', 'quantized', 'distilled'].map((tag) => ({ value: tag, label: tag }))}
                onCreate={(tag) => setTags((before) => [...before, tag])}
                validateNew={(tag) => (tag.includes('/') ? 'A tag has no slash' : undefined)}
                placeholder="Add a tag"
              />
            </Field>
          </div>
          <div className={styles.stack}>
            <Checkbox checked={checked} onCheckedChange={setChecked} label="Keep the files" hint="Only the entry in the catalog goes" />
            <Checkbox checked={false} indeterminate label="All aliases" />
            <Checkbox checked disabled label="Chosen by your organization" />
            <Switch checked={checked} onCheckedChange={setChecked} label="Move aliases along" />
            <Switch checked={false} label="Off" />
            <Field label="Row height" layout="inline" hint="Of tables and lists">
              <Switch checked={checked} onCheckedChange={setChecked} />
            </Field>
            <Input icon={Search} placeholder="Search" aria-label="Search" trailing={<Kbd keys="/" />} />
            <Input disabled value="read only" aria-label="Read only" />
          </div>
        </div>
      </section>
    </>
  );
}

function ChipsSection() {
  const [aliases, setAliases] = useState(['production', 'staging', 'latest', 'v12', 'eu-west-candidate-for-the-second-quarter']);
  return (
    <>
      <section className={styles.section}>
        <h2 className={styles.heading}>Aliases and tags</h2>
        <div className={styles.row} data-testid="aliases">
          {aliases.map((alias) => (
            <AliasChip
              key={alias}
              alias={alias}
              isProtected={alias === 'production'}
              onPress={() => ui.announce(alias)}
              onDragStart={(event) => event.dataTransfer.setData('text/plain', alias)}
              {...(ui.isSystemAlias(alias)
                ? {}
                : {
                    onRemove: () => {
                      setAliases((before) => before.filter((other) => other !== alias));
                      ui.showUndoToast(`Alias ${alias} removed`, () => setAliases((before) => [...before, alias]));
                    },
                  })}
            />
          ))}
          <AliasChips aliases={['champion', 'v3', 'latest', 'a', 'b', 'c']} />
        </div>
        <div className={styles.row}>
          <TagChip tag="release" />
          <TagChip tag="quantized" onRemove={() => undefined} />
          <TagChip tag="eu" onPress={() => undefined} />
        </div>
      </section>
      <section className={styles.section}>
        <h2 className={styles.heading}>Badges and states</h2>
        <div className={styles.row}>
          <Badge>12</Badge>
          <Badge tone="accent">in review</Badge>
          <Badge tone="good" icon={Star}>
            verified
          </Badge>
          <Badge tone="caution">2 conflicts</Badge>
          <Badge tone="danger">missing files</Badge>
          <StatusDot tone="good" label="Finished" />
          <StatusDot tone="accent" label="Running" busy />
          <StatusDot tone="caution" label="Backing off" />
          <StatusDot tone="danger" label="Failed" />
          <StatusDot tone="neutral" label="Paused" hollow />
        </div>
      </section>
      <section className={styles.section}>
        <h2 className={styles.heading}>Registries, types, people, numbers</h2>
        <div className={styles.row}>
          {ui.HUE_NAMES.map((name, hue) => (
            <RegistryGlyph key={name} name={name} hue={hue} size="large" glyph={Object.keys(ui.REGISTRY_GLYPHS)[hue] ?? null} labelled />
          ))}
        </div>
        <div className={styles.row}>
          {ui.HUE_NAMES.map((name, hue) => (
            <RegistryGlyph key={name} name={name} hue={hue} labelled />
          ))}
        </div>
        <div className={styles.row}>
          <TypeIcon type="model" label="Model" /> <TypeIcon type="dataset" label="Dataset" /> <TypeIcon type="evaluation" label="Other" />
          <Avatar name="Ada Lovelace" named /> <Avatar name="Grace Hopper" size="large" />
          <Digest digest="sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" />
          <Size bytes={3_435_973_837} />
          <RelativeTime time={STARTED - 260_000} />
        </div>
      </section>
      <section className={styles.section}>
        <h2 className={styles.heading}>A list</h2>
        <div className={styles.panel}>
          <List
            label="Recent"
            itemCount={500}
            getItem={sampleRow}
            getItemId={(row) => row.id}
            selectedId="row-2"
            text={(row) => row.name}
            renderItem={(row) => (
              <>
                <TypeIcon type={row.type} /> {row.name} <AliasChips aliases={row.aliases} />
              </>
            )}
          />
        </div>
      </section>
    </>
  );
}

function StatesSection() {
  const [retried, setRetried] = useState(0);
  return (
    <div className={styles.columns}>
      <div className={styles.panel}>
        <EmptyState
          icon={PackageOpen}
          title="No versions yet"
          text="A version is a set of files with a digest. Drop a folder here, or log one from a run."
          action={
            <Button variant="primary" icon={Plus}>
              Log a version
            </Button>
          }
        >
          <CodeBlock title="Python" code={'import wandb\nrun = wandb.init(project="search")\nrun.log_artifact("model/", name="mini-lm", type="model")'} />
        </EmptyState>
      </div>
      <div className={styles.panel}>
        <ErrorState
          title="This version couldn’t be read"
          text="Two of its 14 files are missing from the store."
          nextStep="Verify the store to see which, then log them again."
          code="content_missing"
          details={'sha256:9f86d081…\nsha256:51a2c0de…'}
          onRetry={() => setRetried(retried + 1)}
        />
      </div>
      <div className={styles.stack}>
        <ProgressBar label="Logging mini-lm, 14 files" value={1_288_490_188} total={3_435_973_837} rate={222_298_112} onCancel={() => undefined} />
        <ProgressBar label="Reading the folder" value={12_480} unit="count" />
        <ProgressBar label="Verified" value={100} total={100} unit="count" tone="good" />
        <ProgressBar label="Push to the server" value={30} total={100} unit="count" tone="danger" note="Stopped: the disk is full" />
        <SkeletonLines lines={4} />
        <EmptyState compact title="No aliases" text="Aliases name the version others should take." />
      </div>
    </div>
  );
}

function FloatingSection({ onPalette, onShortcuts }: { readonly onPalette: () => void; readonly onShortcuts: () => void }) {
  const [dialog, setDialog] = useState(parameters.get('open') === 'dialog');
  const [alert, setAlert] = useState(parameters.get('open') === 'alert');
  const [typed, setTyped] = useState(false);
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>Dialogs, menus, toasts</h2>
      <div className={styles.row}>
        <Button onClick={() => setDialog(true)}>Dialog…</Button>
        <Button onClick={() => setAlert(true)}>Delete…</Button>
        <Button onClick={() => setTyped(true)}>Delete for good…</Button>
        <Popover trigger={<Button>Popover</Button>} title="Set aliases">
          <Field label="Alias">
            <Input mono />
          </Field>
        </Popover>
        <Menu
          trigger={<Button trailingIcon={Settings}>Menu</Button>}
          items={[
            { kind: 'heading', label: 'Version' },
            { id: 'link', label: 'Link to…', icon: Link2, keys: 'l', onSelect: () => ui.announce('link') },
            { kind: 'check', id: 'star', label: 'Starred', checked: true, onCheckedChange: () => undefined },
            { kind: 'separator' },
            { id: 'delete', label: 'Delete…', icon: Trash2, tone: 'danger', disabled: true, reason: 'Protected by “production”', onSelect: () => undefined },
          ]}
        />
        <Button onClick={onPalette} keys="$mod+k">
          Palette
        </Button>
        <Button onClick={onShortcuts} keys="?">
          Keys
        </Button>
      </div>
      <div className={styles.row}>
        <Button onClick={() => ui.showUndoToast('Linked mini-lm v3 to Production models', () => ui.showToast({ message: 'Link taken back' }))}>
          Undo toast
        </Button>
        <Button onClick={() => ui.showToast({ tone: 'good', message: 'Store verified', detail: '20,144 files, 1.20 TiB, nothing missing' })}>Good toast</Button>
        <Button
          onClick={() =>
            ui.showToast({ tone: 'danger', message: 'The push stopped', detail: 'The disk is full.', action: { label: 'Details', onAct: () => undefined } })
          }
        >
          Error toast
        </Button>
      </div>
      <Dialog
        open={dialog}
        onOpenChange={setDialog}
        title="Link 3 versions to Production models"
        description="They stay where they are; the registry points at them."
        footnote="Everyone in the organization sees this registry."
        onSubmit={() => setDialog(false)}
        actions={
          <>
            <Button onClick={() => setDialog(false)}>Cancel</Button>
            <Button variant="primary" type="submit">
              Link
            </Button>
          </>
        }
      >
        <div className={styles.stack}>
          <Field label="Collection">
            <Input defaultValue="mini-lm" mono />
          </Field>
          <Checkbox checked label="Move staging along" onCheckedChange={() => undefined} />
        </div>
      </Dialog>
      <AlertDialog
        open={alert}
        onOpenChange={setAlert}
        title="Delete mini-lm v3?"
        description="It goes to the trash and stays there for 30 days."
        consequences={['Frees 3.20 GiB when the trash is emptied', '2 aliases go: staging, eu-west', '1 link in Production models points nowhere']}
        confirmLabel="Delete version"
        onConfirm={() => {
          ui.showUndoToast('Deleted mini-lm v3', () => undefined);
        }}
      />
      <AlertDialog
        open={typed}
        onOpenChange={setTyped}
        title="Empty the trash?"
        description="What is in it can’t be brought back."
        consequences={['Frees 48.1 GiB', '112 versions go for good']}
        typeToConfirm="empty"
        confirmLabel="Empty the trash"
        onConfirm={() => undefined}
      />
    </section>
  );
}

const CARD = `# mini-lm v3

A sentence encoder for **search**, distilled from a larger one. See the [evaluation](https://example.org/eval) or
[the version](vitrine://artifacts/mini-lm/v3), and never [this](javascript:alert(1)).

| set | metric | value |
|---|---|---:|
| MTEB | NDCG@10 | 0.4213 |
| internal | recall@50 | 0.9120 |

- [x] licence checked
- [ ] bias evaluated

> Trained on public data until 2025.

\`\`\`python
run.use_artifact("mini-lm:production").download()
\`\`\`

![curve](https://example.org/curve.png) ![dot](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)

<img src=x onerror="alert(1)"> <script>alert(1)</script>
`;

function TextSection() {
  const [opened, setOpened] = useState('');
  const long = useMemo(
    () => (parameters.get('long') === '1' ? `${CARD}\n${'Lorem ipsum dolor sit amet, *consectetur* adipiscing elit.\n\n'.repeat(180_000)}` : CARD),
    [],
  );
  return (
    <section className={styles.section} data-opened={opened}>
      <Markdown source={long} onOpenLink={setOpened} />
    </section>
  );
}

const GROUNDS = [
  'sunken',
  'surface',
  'raised',
  'hover',
  'pressed',
  'selection',
  'selection-quiet',
  'accent-quiet',
  'danger-quiet',
  'caution-quiet',
  'good-quiet',
];
const INKS = ['text', 'text-dim', 'text-faint', 'accent', 'danger', 'caution', 'good', 'focus', 'line-control'];

function ColoursSection() {
  return (
    <>
      <section className={styles.section}>
        <p className={styles.type1}>28 Production models</p>
        <p className={styles.type2}>20 mini-lm v3</p>
        <p className={styles.type3}>15 Linked by Ada Lovelace</p>
        <p>13 The version others should take, by name: 0123456789 Il1 → −12.5 %</p>
        <p>
          <code>sha256:9f86d081 production v12 != 0O</code>
        </p>
      </section>
      <section className={styles.section}>
        <h2 className={styles.heading}>Grounds</h2>
        <div className={styles.swatches}>
          {GROUNDS.map((name) => (
            <div key={name} className={styles.swatch} style={{ background: `var(--${name})` }}>
              {name}
            </div>
          ))}
        </div>
      </section>
      <section className={styles.section}>
        <h2 className={styles.heading}>Ink</h2>
        <div className={styles.row}>
          {INKS.map((name) => (
            <span key={name} style={{ color: `var(--${name})` }}>
              ● {name}
            </span>
          ))}
        </div>
        <div className={styles.row}>
          {ui.HUE_NAMES.map((name, hue) => (
            <span key={name} style={{ color: `var(--hue-${hue})`, background: `var(--hue-${hue}-quiet)`, padding: '2px 8px', borderRadius: 4 }}>
              {name}
            </span>
          ))}
        </div>
      </section>
    </>
  );
}

/** A plain element as tall as the table, for comparison of scrolling. */
function PlainSection({ rowCount }: { readonly rowCount: number }) {
  return (
    <div className={styles.scroll} data-plain="">
      <div style={{ height: rowCount * 32, background: 'linear-gradient(var(--surface), var(--sunken))' }} />
    </div>
  );
}

function Gallery() {
  const [section, setSection] = useState<Section>(chosen('section', SECTIONS, 'table'));
  const [size, setSize] = useState(220);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set(['registry-Production models']));
  const [palette, setPalette] = useState(parameters.get('open') === 'palette');
  const [shortcuts, setShortcuts] = useState(false);
  const [theme, setTheme] = useState(appearance.theme);
  const [density, setDensity] = useState(appearance.density);
  const [tab, setTab] = useState<'versions' | 'card' | 'history'>('versions');
  const rowCount = Number(parameters.get('rows') ?? 100_000);

  useEffect(() => ui.applyAppearance({ ...appearance, theme, density }), [theme, density]);
  ui.useShortcut({ id: 'gallery.palette', keys: '$mod+k', description: 'Do anything', group: 'Everywhere', onPress: () => setPalette(true) });
  ui.useShortcut({ id: 'gallery.keys', keys: '?', description: 'Show the keys', group: 'Everywhere', onPress: () => setShortcuts(true) });
  ui.useShortcut({ id: 'gallery.controls', keys: 'g c', description: 'Go to controls', group: 'Navigation', onPress: () => setSection('controls') });

  const groups: readonly PaletteGroup[] = [
    {
      id: 'actions',
      heading: 'Actions',
      items: [
        { id: 'link', label: 'Link to…', detail: 'mini-lm v3', icon: Link2, keys: 'l', onSelect: () => ui.announce('Link') },
        { id: 'log', label: 'Log a version', icon: Plus, keys: '$mod+n', onSelect: () => undefined },
        { id: 'compare', label: 'Compare with…', icon: GitFork, onSelect: () => undefined },
        { id: 'theme', label: 'Dark theme', keywords: ['night', 'appearance'], icon: Settings, onSelect: () => setTheme('dark') },
      ],
    },
    {
      id: 'places',
      heading: 'Places',
      items: SECTIONS.map((name) => ({ id: `place-${name}`, label: name, icon: House, onSelect: () => setSection(name) })),
    },
    {
      id: 'versions',
      heading: 'Versions',
      ranked: true,
      most: 4,
      items: [4, 8, 15, 16, 23].map((index) => {
        const row = sampleRow(index);
        return {
          id: row.id,
          label: row.name,
          detail: row.registry,
          leading: <TypeIcon type={row.type} />,
          trailing: <AliasChips aliases={row.aliases} most={1} />,
          onSelect: () => undefined,
        };
      }),
    },
  ];

  const sidebar = (
    <div className={styles.side}>
      <Tree
        label="Places"
        inset
        itemHeight={28}
        nodes={nodes}
        expanded={expanded}
        onExpandedChange={setExpanded}
        selectedId={section}
        onSelect={(node) => node.data.section !== undefined && setSection(node.data.section)}
        renderNode={(node) => (
          <>
            {node.data.kind === 'registry' ? (
              <RegistryGlyph name={node.label} size="small" />
            ) : node.data.kind === 'collection' ? (
              <TypeIcon type={node.data.type ?? ''} />
            ) : (
              <FlaskConical size={15} />
            )}
            <span className={styles.grow}>{node.label}</span>
          </>
        )}
      />
    </div>
  );

  const main = (
    <main className={styles.place}>
      <ui.VisuallyHidden>
        <h1>Primitives</h1>
      </ui.VisuallyHidden>
      <Toolbar label="Place" lined>
        <Breadcrumb
          crumbs={[
            { id: 'registries', label: 'Registries', onOpen: () => undefined },
            { id: 'registry', label: 'Production models', leading: <RegistryGlyph name="Production models" size="small" />, onOpen: () => undefined },
            { id: 'here', label: section },
          ]}
        />
        <ToolbarSpacer />
        <Select
          label="Density"
          size="small"
          quiet
          value={density}
          onValueChange={setDensity}
          options={ui.DENSITIES.map((value) => ({ value, label: value }))}
        />
        <Segmented label="Theme" size="small" value={theme} onValueChange={setTheme} options={ui.THEMES.map((value) => ({ value, label: value }))} />
      </Toolbar>
      {section === 'table' ? (
        <TableSection rowCount={rowCount} />
      ) : section === 'plain' ? (
        <PlainSection rowCount={rowCount} />
      ) : (
        <div className={styles.scroll}>
          {section === 'controls' && <ControlsSection />}
          {section === 'chips' && <ChipsSection />}
          {section === 'states' && <StatesSection />}
          {section === 'floating' && (
            <>
              <Tabs
                label="Views"
                value={tab}
                onValueChange={setTab}
                tabs={[
                  { value: 'versions', label: 'Versions', count: 150 },
                  { value: 'card', label: 'Card' },
                  { value: 'history', label: 'History', count: 12_480 },
                ]}
              >
                {(value) => <p>{value}</p>}
              </Tabs>
              <FloatingSection onPalette={() => setPalette(true)} onShortcuts={() => setShortcuts(true)} />
            </>
          )}
          {section === 'text' && <TextSection />}
          {section === 'colours' && <ColoursSection />}
        </div>
      )}
      <footer className={styles.status}>
        <StatusDot tone="good" label="Core" />
        <StatusDot tone="neutral" hollow label="No remote" />
        <span className={styles.grow} />
        <span>{ui.formatQuantity(rowCount, 'version')}</span>
        <Size bytes={1_319_413_953_331} />
      </footer>
    </main>
  );

  return (
    <>
      <SplitPane label="Sidebar width" side="start" size={size} defaultSize={220} min={160} max={400} onSizeChange={setSize} landmark={{ element: 'nav', label: 'Places' }} start={sidebar} end={main} />
      <CommandPalette open={palette} onOpenChange={setPalette} groups={groups} />
      <ShortcutDialog open={shortcuts} onOpenChange={setShortcuts} />
    </>
  );
}

// The tests read these: what the content security policy stopped, and what wasn't caught.
const trouble: string[] = [];
Object.assign(window, { galleryTrouble: trouble });
document.addEventListener('securitypolicyviolation', (event) => trouble.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
window.addEventListener('error', (event) => trouble.push(event.message));

ui.applyAppearance(appearance);
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <UiProvider>
      <Gallery />
    </UiProvider>,
  );
}
