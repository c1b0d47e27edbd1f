/**
 * What a draft is told on its way, noted in the thread that asks. It waits for no disk, so that carrying it to the writing thread and back costs
 * several times the note itself, and a script that logs a version tells four such things in a row. Whatever is more than a note is left to the
 * writing thread: it alone keeps the history, the feed and the log's length.
 */
import { isVitrineError } from '#shared/contract/errors.ts';
import { addManifest, createDraft, noteUpload, noteUploads, planFiles, updateManifest } from './commands/drafts.ts';
import { openNoteTaker, type Connection } from './connection.ts';
import { forgetEnd } from './history.ts';
import { nearAnswersOf, type NearAnswers } from './nearAnswers.ts';
import { nearAskersOf, type NearAskers } from './nearAskers.ts';
import type { CommandContext } from './protocol.ts';
import { commandScope, withoutPrototype, type Command } from './scope.ts';
import { sql } from './sql.ts';

const notes = withoutPrototype<Command>({
  'drafts.addManifest': addManifest, 'drafts.updateManifest': updateManifest, 'internal.createDraft': createDraft, 'internal.noteUpload': noteUpload, 'internal.noteUploads': noteUploads, 'internal.planFiles': planFiles,
});
/** Notes in a row of which the next one goes to the writing thread, which looks after the log's length with what it commits. */
const atOnce = 250;

export type NearWriter = NearAnswers & {
  /**
   * What the command answered, committed before the disk has it; null where the writing thread has to do it: another writes just now, it is more than a
   * note, or the file couldn't take it. @throws what the command refuses
   */
  note(name: string, input: unknown, context: CommandContext): { readonly output: unknown } | null;
  readonly committed: NearAskers['committed'];
  close(): void;
};

export function openNearWriter(file: string): NearWriter {
  const db: Connection = openNoteTaker(file);
  const askers = nearAskersOf(db);
  let inRow = 0;

  function begin(): boolean {
    try {
      db.run(sql`BEGIN IMMEDIATE`);
      return true;
    } catch {
      return false;
    }
  }

  return {
    ...nearAnswersOf(db, file, askers),
    note(name, input, context) {
      const command = notes[name];
      if (command === undefined || ++inRow > atOnce || !begin()) {
        inRow = 0;
        return null;
      }
      askers.refresh();
      try {
        const { scope, finish } = commandScope(db, name, context, Date.now());
        const output = command(scope, input as never);
        const { changes, undo } = finish();
        if (changes.empty && undo === null) {
          db.run(sql`COMMIT`);
          return { output };
        }
      } catch (error) {
        if (isVitrineError(error)) throw error;
      } finally {
        if (db.raw.inTransaction) {
          db.script('ROLLBACK');
          forgetEnd(db);
        }
      }
      return null;
    },
    committed: (changes) => askers.committed(changes),
    close: () => db.close(),
  };
}
