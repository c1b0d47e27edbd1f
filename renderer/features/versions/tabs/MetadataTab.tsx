import { runCommand } from '../../../app/api/index.ts';
import { usePlaceState } from '../../../app/routes/index.ts';
import { Button, CodeBlock, EmptyState } from '../../../ui/index.ts';
import { Braces, Pencil } from '../../../ui/icons.ts';
import { draftOf, JsonEditor } from '../parts/JsonEditor.tsx';
import { JsonTree } from '../parts/JsonTree.tsx';
import { TabFill } from '../parts/TabBody.tsx';
import type { Shown } from '../shown.ts';

export function MetadataTab({ shown: { version, rights } }: { readonly shown: Shown }) {
  const [draft, setDraft] = usePlaceState<string | null>('draft metadata', null);
  const edit = (): void => setDraft(draftOf(version.metadata));
  return (
    <TabFill>
      {draft === null ? (
        <JsonTree
          label="Metadata"
          value={version.metadata}
          actions={
            <Button size="small" icon={Pencil} disabled={rights.editVersion !== null} {...(rights.editVersion === null ? {} : { disabledReason: rights.editVersion })} onClick={edit}>
              Edit
            </Button>
          }
          empty={
            <EmptyState
              icon={Braces}
              title="No metadata"
              text="Metrics, settings and anything else worth finding it by. Values here can be searched: metadata.acc>0.9."
              action={
                <Button icon={Pencil} disabled={rights.editVersion !== null} {...(rights.editVersion === null ? {} : { disabledReason: rights.editVersion })} onClick={edit}>
                  Add metadata
                </Button>
              }
            >
              <CodeBlock title="From Python" code={'artifact = wandb.Artifact("my-model", type="model", metadata={"acc": 0.93})'} />
            </EmptyState>
          }
        />
      ) : (
        <JsonEditor
          label="Metadata"
          original={version.metadata}
          draft={draft}
          onDraftChange={setDraft}
          onClose={() => setDraft(null)}
          onSave={async (metadata) => {
            await runCommand('versions.update', { id: version.id, metadata }, { toast: false });
          }}
        />
      )}
    </TabFill>
  );
}
