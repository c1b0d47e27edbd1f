import { useMemo, useState } from 'react';
import type { CollectionId, InputOf, LinkSummary, OutputOf, RegistrySummary } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { checkCollectionName } from '#shared/domain/names.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { AliasChips, Button, Combobox, Dialog, Field, formatQuantity, RegistryGlyph, Select, Switch, TextArea } from '../../ui/index.ts';
import { CircleAlert } from '../../ui/icons.ts';
import { notify, runCommand, undoOffered, useOperation, useSubmit } from '../../app/api/index.ts';
import { promoteVerdict } from '../../app/drag/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import { AliasField, MoveLines } from '../aliases/index.ts';
import { useLinkAliases } from './LinkForm.tsx';
import { Refused } from './Refused.tsx';
import { closeLinking, type Promotion } from './store.ts';
import { askForWaiting, expectedOf, waitingAliases } from './waiting.ts';
import styles from './Linking.module.css';

/** Versions of the collection that are offered when none was chosen. */
const mostOffered = 200;

/** Promotion: what is linked in one registry goes on into another, with aliases and why, in one act. */
export function PromoteDialog({ promotion }: { readonly promotion: Promotion }) {
  const registries = useOperation('registries.list', {});
  const links = useOperation('links.list', { collectionId: promotion.from.id, sort: 'index', direction: 'descending', limit: mostOffered });
  const [chosenLink, setChosenLink] = useState<string | null>(null);
  const [registryId, setRegistryId] = useState<string | null>(promotion.to === null ? null : String(promotion.to.registry.id));
  const from = registries.data?.items.find((one) => one.name === promotion.from.registry);
  const open = registries.data?.items.filter((one) => one.id !== from?.id) ?? [];
  const ref = { ...promotion.from, registryId: from?.id ?? (0 as never), type: promotion.type, linkCount: 1 };
  const reasons = new Map(open.map((one) => [one.id, promoteVerdict(ref, { registry: one, collection: null })]));
  const possible = open.filter((one) => reasons.get(one.id)?.allowed === true);
  const registry = open.find((one) => String(one.id) === registryId) ?? (registryId === null ? possible[0] : undefined);
  const linkIds = promotion.links.length > 0 ? promotion.links.map((link) => link.id) : [links.data?.items.find((link) => String(link.id) === chosenLink) ?? links.data?.items[0]].flatMap((link) => (link === undefined ? [] : [link.id]));
  const going = links.data?.items.filter((link) => linkIds.includes(link.id)) ?? [];
  return (
    <Dialog open onOpenChange={(next) => !next && closeLinking()} title="Promote" description={`From ${promotion.from.registry} / ${promotion.from.name} into another registry, as one act.`} keepOnOutsidePress>
      <div className={styles.wide}>
        <div className={styles.form}>
          {promotion.links.length === 0 ? (
            <Field label="Version">
              <Select
                options={(links.data?.items ?? []).map((link) => ({ value: String(link.id), label: `v${link.index}`, detail: [...link.aliases.map((alias) => alias.name), `${link.version.artifact} v${link.version.index}`].join(' · ') }))}
                value={chosenLink ?? (linkIds[0] === undefined ? null : String(linkIds[0]))}
                onValueChange={setChosenLink}
              />
            </Field>
          ) : (
            <p className={styles.what}>
              {promotion.links.length === 1 ? `v${promotion.links[0]?.index}` : formatQuantity(promotion.links.length, 'version')}
              <AliasChips aliases={going.flatMap((link) => link.aliases.map((alias) => alias.name))} isProtected={(name) => going.some((link) => link.aliases.some((alias) => alias.name === name && alias.protected))} />
            </p>
          )}
          <Field label="Into registry" {...(possible.length === 0 && registries.data !== undefined ? { error: 'No other registry takes it from you: it needs one that accepts the type, and the role member there.' } : {})}>
            <Select
              options={open.map((one) => {
                const verdict = reasons.get(one.id);
                return {
                  value: String(one.id), label: one.name, leading: <RegistryGlyph name={one.name} glyph={one.glyph} hue={one.hue} size="small" />,
                  disabled: verdict?.allowed !== true, ...(verdict?.allowed === false ? { detail: verdict.reason } : {}),
                };
              })}
              value={registry === undefined ? null : String(registry.id)}
              onValueChange={setRegistryId}
            />
          </Field>
          {registry !== undefined && linkIds.length > 0 && <Into key={registry.id} promotion={promotion} registry={registry} linkIds={linkIds} going={going} />}
        </div>
      </div>
    </Dialog>
  );
}

type IntoProps = { readonly promotion: Promotion; readonly registry: RegistrySummary; readonly linkIds: readonly LinkSummary['id'][]; readonly going: readonly LinkSummary[] };

/** The rest of the form, once it is known into which registry. */
function Into({ promotion, registry, linkIds, going }: IntoProps) {
  const collections = useOperation('collections.list', { registryId: registry.id, type: promotion.type, limit: 1000 });
  const dropped = promotion.to?.registry.id === registry.id ? promotion.to.collection : null;
  const [typedName, setTypedName] = useState<string | null>(dropped?.name ?? null);
  const name = typedName ?? promotion.from.name;
  const standing = collections.data?.items.find((one) => one.name === name);
  const [carry, setCarry] = useState(false);
  const [aliases, setAliases] = useState<readonly string[]>([]);
  const [aliasProblem, setAliasProblem] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const { suggestions, guard, guardedReason } = useLinkAliases(registry.name, standing?.id ?? null);
  const checked = checkCollectionName(name);
  const nameProblem = checked.ok ? null : explainViolation(checked.violation);
  const carried = [...new Set(going.flatMap((link) => link.aliases.map((alias) => alias.name)))].filter((alias) => alias !== latestAlias);

  const input = useMemo<InputOf<'links.promotePreview'>>(
    () => ({
      linkIds: [...linkIds],
      target: standing === undefined ? { kind: 'new_collection', registryId: registry.id, name } : { kind: 'collection', id: standing.id as CollectionId },
      aliases: [...aliases],
      carryAliases: carry,
    }),
    [linkIds, standing, registry.id, name, aliases, carry],
  );
  const known = collections.data !== undefined && nameProblem === null;
  const preview = useOperation('links.promotePreview', input, { enabled: known, keepPrevious: true });
  const needsReason = preview.data?.needsReason === true;
  const blocked = !known || aliasProblem !== null || (preview.data?.refused.length ?? 0) > 0 || (needsReason && reason.trim() === '');

  const promote = async (leaveOut: readonly string[]): Promise<void> => {
    if (blocked) return;
    const done = await runCommand('links.promote', { ...input, leaveOut: [...leaveOut], ...(preview.previous ? {} : expectedOf(preview.data)) }, { toast: false, message: reason.trim() });
    closeLinking();
    if (done === null) return;
    sayPromoted(done, promotion, registry.name, name);
    await askForWaiting(leaveOut, preview.data, done.output.links, reason.trim());
  };
  const { busy, error, submit } = useSubmit(() => promote([]));
  const waiting = waitingAliases(preview.data, error);
  const asking = useSubmit(() => promote(waiting));

  return (
    <form
      className={styles.formRest}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field label="Collection" error={nameProblem} hint={standing === undefined ? 'It is made by the promotion.' : `It holds ${formatQuantity(standing.linkCount, 'version')}.`}>
        <Combobox
          options={[...new Set([name, promotion.from.name, ...(collections.data?.items ?? []).map((one) => one.name)])].map((one) => ({
            value: one, label: one, detail: collections.data?.items.some((other) => other.name === one) === true ? 'there already' : 'new',
          }))}
          value={name}
          onValueChange={(next) => next !== null && setTypedName(next)}
          onCreate={setTypedName}
          validateNew={(query) => {
            const verdict = checkCollectionName(query);
            return verdict.ok ? undefined : explainViolation(verdict.violation);
          }}
        />
      </Field>
      {carried.length > 0 && <Switch checked={carry} onCheckedChange={setCarry} label={`Carry ${formatQuantity(carried.length, 'alias', 'aliases')} along: ${carried.slice(0, 4).join(', ')}${carried.length > 4 ? '…' : ''}`} />}
      <Field label="Aliases" optional {...(linkIds.length > 1 ? { hint: 'They are put on the last of the versions.' } : {})}>
        <AliasField values={aliases} onValuesChange={setAliases} suggestions={suggestions} guard={guard} guardedReason={guardedReason} onProblem={setAliasProblem} />
      </Field>
      <Field label="Reason" optional={!needsReason} {...(needsReason ? { hint: `${registry.name} wants to know why; it is kept in the history.` } : {})}>
        <TextArea grows value={reason} onValueChange={setReason} rows={1} maxLength={10_000} placeholder="Kept in the history" />
      </Field>
      <Outcome preview={preview.data} collection={name} />
      <Refused error={asking.error ?? error} />
      <div className={styles.actions}>
        <Button onClick={closeLinking}>Cancel</Button>
        {waiting.length > 0 && (
          <Button busy={asking.busy} disabled={blocked} onClick={asking.submit}>
            Promote and request approval
          </Button>
        )}
        <Button type="submit" variant="primary" busy={busy} disabled={blocked}>
          {linkIds.length === 1 ? 'Promote' : `Promote ${linkIds.length}`}
        </Button>
      </div>
    </form>
  );
}

/** What would happen, in lines that don't move the buttons: numbers, moves of aliases, what stands against it. */
function Outcome({ preview, collection }: { readonly preview: OutputOf<'links.promotePreview'> | undefined; readonly collection: string }) {
  const last = preview?.links.at(-1);
  const standing = preview?.links.filter((link) => link.standing).length ?? 0;
  const made = (preview?.links.length ?? 0) - standing;
  return (
    <div className={styles.outcome} role="status" aria-label="What would happen">
      {preview === undefined ? (
        '\u00a0'
      ) : preview.refused.length > 0 ? (
        preview.refused.slice(0, 3).map((refusal) => (
          <span key={`${refusal.id} ${refusal.rule}`} className={styles.refusal}>
            <CircleAlert aria-hidden /> {refusal.explanation}
          </span>
        ))
      ) : (
        <>
          <span>
            {made === 0
              ? `Linked in ${collection} already${last === undefined ? '' : ` as v${last.index}`}: only aliases change.`
              : made === 1 && last !== undefined
                ? `Becomes v${last.index} of ${collection}.`
                : `${formatQuantity(made, 'version')} become ${preview.links[0] === undefined ? '' : `v${preview.links[0].index} to `}v${last?.index ?? 0} of ${collection}.`}
          </span>
          <MoveLines moves={preview.moves} needsApproval={preview.needsApproval} />
        </>
      )}
    </div>
  );
}

type Promoted = NonNullable<Awaited<ReturnType<typeof runCommand<'links.promote'>>>>;

function sayPromoted(done: Promoted, promotion: Promotion, registry: string, collection: string): void {
  const { links, moves } = done.output;
  const last = links.at(-1);
  const moved = moves.filter((move) => move.alias !== latestAlias && move.from !== null);
  const what = promotion.links.length > 1 ? formatQuantity(links.length, 'version') : `${promotion.from.name} v${promotion.links[0]?.index ?? ''}`.trim().replace(/ v$/u, '');
  notify({
    tone: 'good',
    title: `Promoted ${what} to ${registry} / ${collection}${links.length === 1 && last !== undefined ? ` as v${last.index}` : ''}`,
    ...(moved.length === 0 ? {} : { text: moved.map((move) => `“${move.alias}” moved from v${move.from} to v${move.to}`).join('; ') }),
    ...undoOffered(done.undo),
    secondAction: { label: 'Open', onPress: () => navigate(placeOf.collection(registry, collection)) },
  });
}
