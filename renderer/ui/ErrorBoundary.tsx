import { Component } from 'react';
import type { ErrorInfo, ReactNode } from 'react';
import { ErrorState } from './ErrorState.tsx';

export interface ErrorBoundaryProps {
  /** What is inside, for the sentence: "The file list". */
  readonly what?: string;
  /** Draws something else than the usual `ErrorState`. */
  readonly fallback?: (error: unknown, retry: () => void) => ReactNode;
  /** For the log. */
  readonly onError?: (error: unknown, componentStack: string) => void;
  /** A change of this value tries again: the address of the place. */
  readonly resetKey?: unknown;
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly failed: boolean;
  readonly error: unknown;
}

/** Keeps a failure inside its place: the rest of the window goes on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { failed: false, error: undefined };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { failed: true, error };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    this.props.onError?.(error, info.componentStack ?? '');
  }

  override componentDidUpdate(before: ErrorBoundaryProps): void {
    if (this.state.failed && before.resetKey !== this.props.resetKey) this.retry();
  }

  readonly retry = (): void => {
    this.setState({ failed: false, error: undefined });
  };

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    const { error } = this.state;
    if (this.props.fallback !== undefined) return this.props.fallback(error, this.retry);
    return (
      <ErrorState
        title={`${this.props.what ?? 'This part of the window'} stopped working`}
        text="Nothing was changed in the catalog by this."
        nextStep="Try again; if it returns, the details help to report it."
        details={error instanceof Error ? (error.stack ?? error.message) : String(error)}
        onRetry={this.retry}
      />
    );
  }
}
