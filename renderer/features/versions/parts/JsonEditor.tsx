import { useMemo, useState } from 'react';
import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { metadataLimits, parseMetadata, type JsonObject } from '#shared/domain/metadata.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { asVitrineError } from '../../../app/api/index.ts';
import { Button, formatQuantity, TextArea, Toolbar, ToolbarSpacer } from '../../../ui/index.ts';
import { CircleAlert, CircleCheck } from '../../../ui/icons.ts';
import styles from './parts.module.css';

export type JsonEditorProps = {
  readonly label: string;
  /** What stands now, as it was when editing began. */
  readonly original: JsonObject;
  readonly draft: string;
  readonly onDraftChange: (draft: string) => void;
  /** Keeps it; throws `VitrineError` when that fails. */
  readonly onSave: (value: JsonObject) => Promise<void>;
  readonly onClose: () => void;
};

/** Whole numbers beyond this lose digits when they are read as numbers. */
const inexact = /(?<![\w."-])-?\d{16,}(?![\w."])/u;

export function draftOf(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** JSON as text, with the rules beside it and their verdict while one types. */
export function JsonEditor({ label, original, draft, onDraftChange, onSave, onClose }: JsonEditorProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const verdict = useMemo(() => parseMetadata(draft), [draft]);
  const unchanged = draft === draftOf(original);
  const long = verdict.ok ? inexact.exec(draft)?.[0] : undefined;
  const rounded = long !== undefined && String(BigInt(Number(long))) !== long ? long : undefined;

  const save = async (): Promise<void> => {
    if (!verdict.ok || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await onSave(verdict.value.value);
      onClose();
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={styles.editor}>
      <Toolbar label={`Editing ${label.toLowerCase()}`} lined>
        <strong>Editing {label.toLowerCase()}</strong>
        <ToolbarSpacer />
        <Button
          size="small"
          disabled={!verdict.ok}
          disabledReason="It has to be readable first."
          onClick={() => {
            if (verdict.ok) onDraftChange(draftOf(verdict.value.value));
          }}
        >
          Tidy up
        </Button>
        <Button size="small" onClick={onClose}>
          {unchanged ? 'Cancel' : 'Discard changes'}
        </Button>
        <Button size="small" variant="primary" busy={busy} disabled={!verdict.ok || unchanged} disabledReason={verdict.ok ? 'Nothing has changed.' : 'It breaks a rule.'} keys="$mod+Enter" onClick={() => void save()}>
          Save
        </Button>
      </Toolbar>
      <div className={styles.editorArea}>
        <TextArea
          mono
          autoFocus
          aria-label={`${label} as JSON`}
          value={draft}
          spellCheck={false}
          onValueChange={onDraftChange}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              void save();
            }
          }}
        />
      </div>
      <div className={styles.verdict} data-ok={verdict.ok && failure === null && rounded === undefined} role="status">
        {failure !== null ? (
          <>
            <CircleAlert aria-hidden />
            <span>
              {explainError(failure).title}. {explainError(failure).sentence}
            </span>
          </>
        ) : !verdict.ok ? (
          <>
            <CircleAlert aria-hidden />
            <span>{explainViolation(verdict.violation)}</span>
          </>
        ) : rounded !== undefined ? (
          <>
            <CircleAlert aria-hidden />
            <span>{rounded} has more digits than a number keeps: it would be saved as {String(BigInt(Number(rounded)))}. Write it as text, in quotes.</span>
          </>
        ) : (
          <>
            <CircleCheck aria-hidden />
            <span>Can be saved: {formatQuantity(Object.keys(verdict.value.value).length, 'key')} at the top level.</span>
          </>
        )}
      </div>
      <p className={styles.rules}>
        A JSON object, at most {metadataLimits.topLevelKeys} keys at its top level and {metadataLimits.depth} levels deep. Infinities are refused; NaN becomes null.
      </p>
    </div>
  );
}
