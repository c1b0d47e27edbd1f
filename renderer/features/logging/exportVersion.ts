/** Writing a version's files into a folder that a person chose. */
import type { VersionId } from '#shared/contract/index.ts';
import { formatBytes, formatQuantity } from '../../ui/index.ts';
import { runCommand } from '../../app/api/index.ts';
import { bridge } from '../../app/bridge.ts';

/** Asks where to, then writes. The toast shows the folder. */
export async function exportVersion(version: { readonly id: VersionId; readonly artifact: string; readonly index: number }): Promise<void> {
  const folder = await bridge().chooseFolder({ title: `Export ${version.artifact} v${version.index} into` });
  if (folder === null) return;
  await runCommand(
    'versions.export',
    { id: version.id, folder },
    {
      activity: `Exporting ${version.artifact} v${version.index}`,
      done: ({ files, bytes }) => `Exported ${formatQuantity(files, 'file')}, ${formatBytes(bytes)}`,
      action: (output) => ({ label: 'Show', onPress: () => void bridge().revealInFolder(output.folder) }),
    },
  );
}
