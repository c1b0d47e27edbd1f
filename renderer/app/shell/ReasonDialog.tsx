import { useState } from 'react';
import { Button, Dialog, Field, TextArea } from '../../ui/index.ts';
import { useReasonQuestion, type ReasonQuestion } from '../api/reason.ts';

/** Asks why, for whatever act wants to know; mounted once by the frame. */
export function ReasonDialog() {
  const asked = useReasonQuestion((state) => state.asked);
  return asked === null ? null : <Question key={asked.question.title} question={asked.question} answer={asked.answer} />;
}

function Question({ question, answer }: { readonly question: ReasonQuestion; readonly answer: (reason: string | null) => void }) {
  const [reason, setReason] = useState('');
  const missing = question.required && reason.trim() === '';
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && answer(null)}
      title={question.title}
      {...(question.description === undefined ? {} : { description: question.description })}
      keepOnOutsidePress
      onSubmit={() => !missing && answer(reason.trim())}
      actions={
        <>
          <Button onClick={() => answer(null)}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={missing} disabledReason="Say why first.">
            {question.verb}
          </Button>
        </>
      }
    >
      <Field label="Reason" optional={!question.required} hint="It is kept in the history.">
        <TextArea
          value={reason}
          onValueChange={setReason}
          rows={3}
          maxLength={10_000}
          autoFocus
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || (!event.ctrlKey && !event.metaKey) || missing) return;
            event.preventDefault();
            answer(reason.trim());
          }}
        />
      </Field>
    </Dialog>
  );
}
