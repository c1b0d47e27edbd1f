/** `vitrine openapi`: the HTTP interface as a document, without opening a catalog. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VitrineError } from '#shared/contract/index.ts';
import { openApiDocument } from '../server/openApi.ts';
import { openApiPage } from '../server/openApiPage.ts';
import { applicationVersion } from './version.ts';

/** Prints it, or writes it to `output`. @throws VitrineError `file_unreadable` where it can't be written */
export async function openApiText({ html, output }: { readonly html: boolean; readonly output: string | null }): Promise<void> {
  const document = openApiDocument(applicationVersion());
  const text = html ? openApiPage(document) : `${JSON.stringify(document, null, 2)}\n`;
  if (output === null) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(path.resolve(output), text);
  } catch (cause) {
    throw new VitrineError('file_unreadable', { details: { path: output, reason: 'it can’t be written' }, cause });
  }
}
