/** Work under way that may take a while: what the status line shows, with its progress and a way to stop it. */
import { create } from 'zustand';
import type { Progress } from '#shared/contract/index.ts';
import { rateMeter, type Pace, type RateMeter } from '#shared/domain/rateMeter.ts';

export type ActivityState = 'running' | 'done' | 'failed' | 'cancelled';

export type Activity = {
  readonly id: number;
  /** What is being done, sentence case: “Logging all-minilm”. */
  readonly label: string;
  readonly startedAt: number;
  readonly progress: Progress | null;
  readonly pace: Pace;
  readonly cancelling: boolean;
  readonly cancel: () => void;
};

type ActivityStore = { readonly running: readonly Activity[] };

export const useActivities = create<ActivityStore>(() => ({ running: [] }));

let nextId = 1;
const meters = new Map<number, RateMeter>();

/** Registers work; returns how to tell of its progress and of its end. */
export function beginActivity(label: string, cancel: () => void): { readonly id: number; readonly progress: (progress: Progress) => void; readonly end: () => void } {
  const id = nextId++;
  const meter = rateMeter();
  meters.set(id, meter);
  const change = (part: Partial<Activity>): void => useActivities.setState(({ running }) => ({ running: running.map((activity) => (activity.id === id ? { ...activity, ...part } : activity)) }));
  const activity: Activity = {
    id, label, startedAt: Date.now(), progress: null, pace: { rate: null, secondsLeft: null }, cancelling: false,
    cancel: () => {
      change({ cancelling: true });
      cancel();
    },
  };
  useActivities.setState(({ running }) => ({ running: [...running, activity] }));
  return {
    id,
    progress: (progress) => change({ progress, pace: meter.add(progress, performance.now()) }),
    end: () => {
      meters.delete(id);
      useActivities.setState(({ running }) => ({ running: running.filter((one) => one.id !== id) }));
    },
  };
}
