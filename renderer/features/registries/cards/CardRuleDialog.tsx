import { useState } from 'react';
import type { OutputOf, RegistrySummary } from '#shared/contract/index.ts';
import { checkCardRule, standardCardRule, type CardField } from '#shared/domain/cards.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { notify, runCommand, undoOffered, useOperation, useReadOnly, useSubmit } from '../../../app/api/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { Badge, Button, Checkbox, Dialog, Field, formatQuantity, IconButton, Input, Select, SkeletonLines, TextArea } from '../../../ui/index.ts';
import { Plus, Trash2 } from '../../../ui/icons.ts';
import { barred } from '../../../app/rights.ts';
import { whyNot } from '../rights.ts';
import { closeRegistryDialog } from '../store.ts';
import styles from './CardRule.module.css';

type Rule = OutputOf<'registries.cardRule'>;

/** The contract's own limit. */
const mostFields = 50;

/** What cards of a registry should have, for each type: a template to begin with, and sections of which some are required. */
export function CardRuleDialog({ registry, first }: { readonly registry: RegistrySummary; readonly first?: string }) {
  const inUse = useOperation('artifacts.types', {}, { enabled: registry.acceptedTypes === null });
  const types = registry.acceptedTypes ?? [...new Set(['model', 'dataset', ...(inUse.data?.items ?? []).map((item) => item.type)])];
  const [type, setType] = useState(first ?? types[0] ?? 'model');
  const rule = useOperation('registries.cardRule', { registryId: registry.id, type });
  const chooser = types.length > 1 && (
    <Field label="For the type">
      <Select options={types.map((one) => ({ value: one, label: one }))} value={type} onValueChange={setType} />
    </Field>
  );
  if (rule.data === undefined || rule.data.type !== type) {
    return (
      <Dialog open onOpenChange={(open) => !open && closeRegistryDialog()} title={`Cards of ${registry.name}`} width="wide">
        {chooser}
        {rule.error === null ? <SkeletonLines lines={6} /> : <PlaceFailure error={rule.error} retry={rule.retry} compact />}
      </Dialog>
    );
  }
  return <RuleForm key={type} registry={registry} rule={rule.data} chooser={chooser} />;
}

function RuleForm({ registry, rule, chooser }: { readonly registry: RegistrySummary; readonly rule: Rule; readonly chooser: React.ReactNode }) {
  const readOnly = useReadOnly();
  const [fields, setFields] = useState<readonly CardField[]>(rule.fields);
  const [template, setTemplate] = useState(rule.template);
  const standard = standardCardRule(rule.type);
  const asStandard = template === standard.template && JSON.stringify(fields) === JSON.stringify(standard.fields);
  const checked = checkCardRule({ template, fields });
  const doubled = checked.ok && checked.value.fields.length < fields.length;
  const problem = fields.some((field) => field.name.trim() === '') ? 'Give every section a name.' : !checked.ok ? explainViolation(checked.violation) : doubled ? 'Two sections have the same name.' : null;
  const absent = fields.filter((field) => field.name.trim() !== '' && !hasHeading(template, field.name));
  const change = (at: number, part: Partial<CardField>): void => setFields(fields.map((field, index) => (index === at ? { ...field, ...part } : field)));

  const { busy, failure, submit } = useSubmit(async () => {
    if (problem !== null) return;
    const done = await runCommand('registries.setCardRule', { registryId: registry.id, type: rule.type, rule: asStandard ? null : { template, fields: [...fields] } }, { toast: false });
    if (done === null) return;
    closeRegistryDialog();
    notify({
      tone: 'good',
      title: asStandard ? `Cards of type ${rule.type} are as they come with Vitrine` : `Cards of type ${rule.type} in ${registry.name} have ${formatQuantity(fields.length, 'section')}`,
      ...undoOffered(done.undo),
    });
  });

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && closeRegistryDialog()}
      title={`Cards of ${registry.name}`}
      description="A new card begins with the template. How much of its sections is filled is shown at the collection; a gate for approvals can ask for the required ones."
      width="wide"
      keepOnOutsidePress
      onSubmit={submit}
      footnote={
        asStandard ? (
          'As it comes with Vitrine.'
        ) : (
          <Button
            variant="quiet"
            onClick={() => {
              setFields(standard.fields);
              setTemplate(standard.template);
            }}
          >
            As it comes with Vitrine
          </Button>
        )
      }
      actions={
        <>
          <Button onClick={closeRegistryDialog}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} {...barred(whyNot(readOnly, registry, 'registry.setTypes') ?? problem)}>
            Save
          </Button>
        </>
      }
    >
      <div className={styles.rule}>
        {chooser !== false && <div className={styles.whole}>{chooser}</div>}
        <section aria-label="Sections" className={styles.part}>
          <h3 className={styles.heading}>
            Sections {rule.own && <Badge>this registry’s own</Badge>}
          </h3>
          <ul className={styles.fields}>
            {fields.map((field, at) => (
              // Names change while they are typed: the place is what stays.
              <li key={at}>
                <Input size="small" aria-label={`Name of section ${at + 1}`} value={field.name} onValueChange={(name) => change(at, { name })} maxLength={128} />
                <Checkbox label="required" checked={field.required} onCheckedChange={(required) => change(at, { required })} />
                <IconButton icon={Trash2} size="small" label={`Remove the section ${field.name}`} onClick={() => setFields(fields.filter((_, index) => index !== at))} />
              </li>
            ))}
          </ul>
          <Button size="small" icon={Plus} disabled={fields.length >= mostFields} onClick={() => setFields([...fields, { name: '', required: false }])}>
            Add a section
          </Button>
        </section>
        <section aria-label="Template" className={styles.part}>
          <Field label="Template" hint="Markdown; what stands in comments never counts as filled.">
            <TextArea mono rows={12} value={template} onValueChange={setTemplate} maxLength={100_000} spellCheck={false} />
          </Field>
          {absent.length > 0 && (
            <p className={styles.absent}>
              The template has no heading for {absent.map((field) => field.name).join(', ')}.{' '}
              <Button size="small" variant="link" onClick={() => setTemplate(`${template.trimEnd()}${template.trim() === '' ? '' : '\n\n'}${absent.map((field) => `## ${field.name}\n`).join('\n')}`)}>
                Add {absent.length === 1 ? 'it' : 'them'}
              </Button>
            </p>
          )}
        </section>
      </div>
      {(problem ?? failure) !== null && (
        <p role="alert" className={styles.problem}>
          {problem ?? failure}
        </p>
      )}
    </Dialog>
  );
}

function hasHeading(template: string, name: string): boolean {
  const wanted = name.trim().toLowerCase();
  return template.split('\n').some((line) => /^ {0,3}#{1,6}\s/u.test(line) && line.replace(/^[\s#]+|[\s#]+$/gu, '').toLowerCase() === wanted);
}
