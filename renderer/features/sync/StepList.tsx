import { useEffect, useRef } from 'react';
import { CircleAlert, CircleCheck, Minus } from '../../ui/icons.ts';
import styles from './Sync.module.css';

export type Step = { readonly step: string; readonly word: string; readonly verdict: 'well' | 'failed' | 'skipped'; readonly detail: string; readonly advice: string | null };

/** What a test of a remote or a bucket found, step by step. */
export function StepList({ steps }: { readonly steps: readonly Step[] }) {
  const list = useRef<HTMLUListElement>(null);
  // In a low window it would stand below the edge, and nothing would seem to have happened.
  const found = steps.map(({ step, verdict, detail }) => `${step} ${verdict} ${detail}`).join(' ');
  useEffect(() => list.current?.scrollIntoView({ block: 'nearest' }), [found]);
  return (
    <ul ref={list} className={styles.steps} aria-label="What the test found">
      {steps.map((step) => {
        const Mark = step.verdict === 'well' ? CircleCheck : step.verdict === 'failed' ? CircleAlert : Minus;
        return (
          <li key={step.step} data-verdict={step.verdict}>
            <Mark aria-hidden />
            <span>
              <strong>{step.word}</strong> {step.detail}
              {step.verdict === 'failed' && step.advice !== null && <span className={styles.dim}> {step.advice}</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
