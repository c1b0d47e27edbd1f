import { useState, type ReactNode } from 'react';
import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { asVitrineError } from '../../../app/api/index.ts';
import { usePlaceState } from '../../../app/routes/index.ts';
import { Button, IconButton, Markdown, TextArea } from '../../../ui/index.ts';
import { Pencil } from '../../../ui/icons.ts';
import { openLink } from './openLink.ts';
import { Section } from './Facts.tsx';
import styles from './parts.module.css';

export type EditableTextProps = {
  readonly title: string;
  readonly text: string;
  /** Said when there is none. */
  readonly empty: ReactNode;
  /** Why it can't be edited; null when it can. */
  readonly reason: string | null;
  /** Keeps it; throws `VitrineError` when that fails, and what was written stays. */
  readonly onSave: (text: string) => Promise<void>;
  readonly placeholder?: string;
  readonly longest: number;
  /** Stands inside a section, under a quiet label, instead of being one. */
  readonly part?: boolean;
};

/** Markdown that is edited where it stands. What is not saved survives leaving the place. */
export function EditableText({ title, text, empty, reason, onSave, placeholder, longest, part = false }: EditableTextProps) {
  const [draft, setDraft] = usePlaceState<string | null>(`draft ${title}`, null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const Frame = part ? Part : Section;
  const tooLong = draft !== null && draft.length > longest;

  const save = async (): Promise<void> => {
    if (draft === null || busy || tooLong) return;
    setBusy(true);
    setFailure(null);
    try {
      if (draft !== text) await onSave(draft);
      setDraft(null);
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(false);
    }
  };

  if (draft === null) {
    return (
      <Frame
        title={title}
        actions={
          <IconButton icon={Pencil} size="small" label={`Edit ${title.toLowerCase()}`} disabled={reason !== null} {...(reason === null ? {} : { disabledReason: reason })} onClick={() => setDraft(text)} />
        }
      >
        {text === '' ? <p className={styles.quiet}>{empty}</p> : <Markdown source={text} onOpenLink={openLink} />}
      </Frame>
    );
  }
  return (
    <Frame title={title}>
      <div className={styles.editing}>
        <TextArea
          grows
          autoFocus
          aria-label={title}
          value={draft}
          placeholder={placeholder}
          onValueChange={setDraft}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              void save();
            } else if (event.key === 'Escape' && draft === text) setDraft(null);
          }}
        />
        {(failure !== null || tooLong) && (
          <p className={styles.failure} role="alert">
            {tooLong ? `At most ${longest.toLocaleString('en')} characters; there are ${draft.length.toLocaleString('en')}.` : failure === null ? '' : `${explainError(failure).title}. ${explainError(failure).sentence}`}
          </p>
        )}
        <div className={styles.editActions}>
          <Button variant="primary" busy={busy} disabled={tooLong || reason !== null} {...(reason === null ? {} : { disabledReason: reason })} keys="$mod+Enter" onClick={() => void save()}>
            Save
          </Button>
          <Button
            onClick={() => {
              setDraft(null);
              setFailure(null);
            }}
          >
            {draft === text ? 'Cancel' : 'Discard changes'}
          </Button>
          <span className={styles.dim}>Markdown. What isn’t saved waits here while you are elsewhere.</span>
        </div>
      </div>
    </Frame>
  );
}

function Part({ title, actions, children }: { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={styles.part}>
      <div className={styles.partHead}>
        <h3 className={styles.partTitle}>{title}</h3>
        {actions}
      </div>
      {children}
    </div>
  );
}
