import { randomBytes } from 'node:crypto';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;
export type Log = (level: LogLevel, scope: string, message: string, fields?: LogFields) => void;

/** One JSON line per entry. Callers never pass keys, tokens or file contents. */
export function createLog(write: (line: string) => void, least: LogLevel = 'info'): Log {
  const order: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];
  const floor = order.indexOf(least);
  return (level, scope, message, fields = {}) => {
    if (order.indexOf(level) < floor) return;
    write(`${JSON.stringify({ at: new Date().toISOString(), level, scope, message, ...fields })}\n`);
  };
}

/** A short id under which a person can report a failure and find its stack in the log. */
export function incidentId(): string {
  return randomBytes(4).toString('hex');
}
