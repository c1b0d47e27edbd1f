import { barred } from '../../app/rights.ts';
import { Button, EmptyState } from '../../ui/index.ts';
import { Plus, RefreshCw } from '../../ui/icons.ts';

/** What stands where no remote is connected yet. `reason`: why one can't be; null where it can. */
export function NoRemotes({ reason, onConnect }: { readonly reason: string | null; readonly onConnect: () => void }) {
  return (
    <EmptyState
      icon={RefreshCw}
      title="Everything is on this machine"
      text="Connect an MLflow server or a registry of W&B, and your registries follow it: its collections, versions and aliases come here and stay readable offline; what you link and move here goes there once you have looked at the plan."
      action={
        <Button variant="primary" icon={Plus} {...barred(reason)} onClick={onConnect}>
          Connect a remote…
        </Button>
      }
    />
  );
}
