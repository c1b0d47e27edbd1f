import { chooseAndLog, type LogOptions } from '../logging/index.ts';
import { useWhyNot } from '../../app/rights.ts';
import { Button, Menu, type ButtonVariant } from '../../ui/index.ts';
import { ChevronDown, Files, Folder, PackagePlus } from '../../ui/icons.ts';

/** Logs a folder or files as a new version; what was chosen is asked about once. */
export function LogButton({ label = 'Log a version', variant = 'normal', project }: { readonly label?: string; readonly variant?: ButtonVariant; readonly project?: LogOptions['project'] }) {
  const reason = useWhyNot()('versions.log', project === undefined ? 'somewhere' : { team: project.entity });
  const options = project === undefined ? {} : { project };
  if (reason !== null) {
    return (
      <Button variant={variant} icon={PackagePlus} disabled disabledReason={reason}>
        {label}
      </Button>
    );
  }
  return (
    <Menu
      align="end"
      trigger={
        <Button variant={variant} icon={PackagePlus} trailingIcon={ChevronDown}>
          {label}
        </Button>
      }
      items={[
        { id: 'folder', label: 'A folder…', icon: Folder, onSelect: () => void chooseAndLog('folder', options) },
        { id: 'files', label: 'Files…', icon: Files, onSelect: () => void chooseAndLog('files', options) },
      ]}
    />
  );
}
