/** Why something is done, asked of the person: where a registry wants to know it, and where it is merely offered. */
import { create } from 'zustand';

export type ReasonQuestion = {
  readonly title: string;
  readonly description?: string;
  /** The verb on the button. */
  readonly verb: string;
  /** false: it may be left empty. */
  readonly required: boolean;
};

type Asked = { readonly question: ReasonQuestion; readonly answer: (reason: string | null) => void };

/** The question on show; the frame draws it. */
export const useReasonQuestion = create<{ readonly asked: Asked | null }>(() => ({ asked: null }));

/** Asks why; null when the person thought better of it, an empty text where none was wanted and none given. */
export function askReason(question: ReasonQuestion): Promise<string | null> {
  useReasonQuestion.getState().asked?.answer(null);
  return new Promise((resolve) => {
    useReasonQuestion.setState({
      asked: {
        question,
        answer: (reason) => {
          useReasonQuestion.setState({ asked: null });
          resolve(reason);
        },
      },
    });
  });
}
