import { lazy, Suspense } from 'react';
import type { Remote } from '#shared/contract/index.ts';
import { navigate } from '../../app/routes/index.ts';
import { useConnecting, type Connecting } from './connecting.ts';

const ConnectRemoteDialog = lazy(() => import('./ConnectRemoteDialog.tsx').then((module) => ({ default: module.ConnectRemoteDialog })));
const PlanDialog = lazy(() => import('./PlanDialog.tsx').then((module) => ({ default: module.PlanDialog })));

const goOn = (connecting: Connecting): void => useConnecting.setState({ connecting });

/** Mounted once by the frame: a remote is connected from the first start, the Sync place, the settings and the palette alike. Its plan comes next. */
export function RemoteOverlay() {
  const { connecting } = useConnecting();
  const close = (connected: Remote | null): void => {
    if (connected === null) {
      goOn({ step: 'none' });
      return;
    }
    navigate({ place: 'sync' });
    goOn({ step: 'plan', remote: connected });
  };
  return (
    <Suspense>
      {connecting.step === 'connect' && <ConnectRemoteDialog onClose={close} />}
      {connecting.step === 'plan' && <PlanDialog remote={connecting.remote} onClose={() => goOn({ step: 'none' })} />}
    </Suspense>
  );
}
