/**
 * What main and core say about themselves: lines in <data>/logs, and, under VITRINE_TEST=1, facts on standard output, one JSON object a
 * line, for tests that wait for them.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './makeFolder.ts';

type Details = Readonly<Record<string, unknown>>;

export type Journal = {
  info(text: string, details?: Details): void;
  warn(text: string, details?: Details): void;
  error(text: string, details?: Details): void;
  /** Prints a fact for tests; nothing otherwise. */
  fact(name: string, details?: Details): void;
  /** Where the files are. */
  readonly folder: string;
  /** A second file in the same folder, for what core prints. */
  file(name: string): LogFile;
};

export type LogFile = { readonly write: (text: string) => void };

/** A log keeps this many bytes, and as many again in the file before it. */
const maximumBytes = 4 * 1024 * 1024;

/**
 * Opens the journal in a folder, made when it is not there. A folder that can't be written costs the lines, never the start.
 */
export function openJournal(folder: string, { testMode }: { readonly testMode: boolean }): Journal {
  const log = openLogFile(folder, 'main.log');
  const line = (level: string, text: string, details?: Details): void => {
    log.write(`${new Date().toISOString()} ${level} ${text}${details === undefined ? '' : ` ${JSON.stringify(details)}`}\n`);
  };
  return {
    folder,
    info: (text, details) => line('info', text, details),
    warn: (text, details) => line('warn', text, details),
    error: (text, details) => {
      line('error', text, details);
      process.stderr.write(`vitrine: ${text}${details === undefined ? '' : ` ${JSON.stringify(details)}`}\n`);
    },
    fact: (name, details) => {
      if (testMode) process.stdout.write(`${JSON.stringify({ fact: name, ...details })}\n`);
    },
    file: (name) => openLogFile(folder, name),
  };
}

function openLogFile(folder: string, name: string): LogFile {
  const path = join(folder, name);
  let bytes = 0;
  let usable = true;
  try {
    makeFolder(folder);
    bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    usable = false;
  }
  return {
    write(text) {
      if (!usable) return;
      try {
        if (bytes > maximumBytes) {
          renameSync(path, `${path}.1`);
          bytes = 0;
        }
        appendFileSync(path, text, { mode: 0o600 });
        bytes += Buffer.byteLength(text);
      } catch {
        // A full or read-only disk: the log is the last thing that may stop the app.
        usable = false;
      }
    },
  };
}
