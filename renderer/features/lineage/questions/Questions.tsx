import { useEffect } from 'react';
import { assertNever } from '#shared/domain/assert.ts';
import { Field } from '../../../ui/Field.tsx';
import { ArrowRightLeft, CircleAlert, GitCompare, GitFork, Target, Telescope, Waypoints, type Icon } from '../../../ui/icons.ts';
import { IconButton } from '../../../ui/Button.tsx';
import { Select } from '../../../ui/Select.tsx';
import { NodePicker } from '../side/NodePicker.tsx';
import { Common } from './Common.tsx';
import { Compare } from './Compare.tsx';
import { Impact } from './Impact.tsx';
import { Origins } from './Origins.tsx';
import { PathAnswer } from './PathAnswer.tsx';
import { Stale } from './Stale.tsx';
import type { AnswerContext, Question, QuestionKind } from './types.ts';
import styles from './Questions.module.css';

export type QuestionsProps = {
  readonly question: Question;
  readonly onQuestion: (question: Question) => void;
  /** What the graph was opened on: the first thing asked about. */
  readonly rootKey: string | null;
  readonly context: AnswerContext;
};

const questions: readonly { readonly kind: QuestionKind; readonly label: string; readonly icon: Icon; readonly ends: 1 | 2 }[] = [
  { kind: 'impact', label: 'What hangs on it?', icon: Target, ends: 1 },
  { kind: 'origins', label: 'What was it made from?', icon: Telescope, ends: 1 },
  { kind: 'stale', label: 'Is it out of date?', icon: CircleAlert, ends: 1 },
  { kind: 'path', label: 'How does one lead to the other?', icon: Waypoints, ends: 2 },
  { kind: 'common', label: 'What do both come from?', icon: GitFork, ends: 2 },
  { kind: 'compare', label: 'How do their origins differ?', icon: GitCompare, ends: 2 },
];

/** Questions to the lineage, and their answers beside the graph. */
export function Questions({ question, onQuestion, rootKey, context }: QuestionsProps) {
  const { kind } = question;
  const first = question.first ?? rootKey;
  const { second } = question;
  const chosen = questions.find((one) => one.kind === kind)!;
  const { onLight } = context;
  // An answer that is no longer looked at lights nothing.
  useEffect(() => () => onLight(null), [kind, first, second, onLight]);
  return (
    <div className={styles.pane}>
      <div className={styles.ask}>
        <Select<QuestionKind>
          label="Question"
          value={kind}
          onValueChange={(next) => onQuestion({ ...question, kind: next })}
          options={questions.map(({ kind: value, label, icon: Shown }) => ({ value, label, leading: <Shown aria-hidden className={styles.icon} /> }))}
        />
        <Field label={chosen.ends === 1 ? 'About' : kind === 'path' ? 'From' : 'First'}>
          <NodePicker label={chosen.ends === 1 ? 'About' : kind === 'path' ? 'From' : 'First'} value={first} onValueChange={(key) => onQuestion({ ...question, first: key })} nodes={context.nodes} selectedKey={context.selectedKey} />
        </Field>
        {chosen.ends === 2 && (
          <div className={styles.second}>
            <Field label={kind === 'path' ? 'To' : 'Second'}>
              <NodePicker label={kind === 'path' ? 'To' : 'Second'} value={second} onValueChange={(key) => onQuestion({ ...question, second: key })} nodes={context.nodes} selectedKey={context.selectedKey} />
            </Field>
            <IconButton icon={ArrowRightLeft} size="small" label="Swap the two" disabled={first === null || second === null} disabledReason="Choose both first." onClick={() => onQuestion({ ...question, first: second, second: first })} />
          </div>
        )}
      </div>
      <div className={styles.answer} role="region" aria-label="Answer">
        {first === null || (chosen.ends === 2 && second === null) ? (
          <p className={styles.hint}>{first === null ? 'Choose a version or a run.' : 'Choose the second one: by name, or select it in the graph and press the cross hairs.'}</p>
        ) : (
          <Answer kind={kind} first={first} second={second ?? first} context={context} />
        )}
      </div>
    </div>
  );
}

function Answer({ kind, first, second, context }: { readonly kind: QuestionKind; readonly first: string; readonly second: string; readonly context: AnswerContext }) {
  switch (kind) {
    case 'impact':
      return <Impact about={first} context={context} />;
    case 'origins':
      return <Origins about={first} context={context} />;
    case 'stale':
      return <Stale about={first} context={context} />;
    case 'path':
      return <PathAnswer from={first} to={second} context={context} />;
    case 'common':
      return <Common first={first} second={second} context={context} />;
    case 'compare':
      return <Compare first={first} second={second} context={context} />;
    default:
      return assertNever(kind, 'question');
  }
}
