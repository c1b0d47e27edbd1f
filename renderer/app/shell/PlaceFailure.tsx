import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { Button, ErrorState } from '../../ui/index.ts';
import { ArrowLeft } from '../../ui/icons.ts';
import { canGoBack, goBack } from '../routes/index.ts';

export type PlaceFailureProps = { readonly error: VitrineError; readonly retry?: () => void; readonly compact?: boolean; /** Nothing else stands in the place, no header either. */ readonly alone?: boolean };

/** What is said where an answer should be: what happened, the next step, and the details for a report. */
export function PlaceFailure({ error, retry, compact, alone = false }: PlaceFailureProps) {
  const { title, sentence, advice } = explainError(error);
  // What isn't there will not be there in a moment: back is the way on.
  const lost = alone && error.code === 'not_found' && canGoBack();
  return (
    <ErrorState
      title={title}
      text={sentence}
      code={error.code}
      alone={alone}
      details={JSON.stringify(error.details, null, 2)}
      {...(advice === null ? {} : { nextStep: advice })}
      {...(lost ? { actions: <Button icon={ArrowLeft} keys="Alt+ArrowLeft" onClick={goBack}>Go back</Button> } : retry === undefined ? {} : { onRetry: retry })}
      {...(compact === undefined ? {} : { compact })}
    />
  );
}
