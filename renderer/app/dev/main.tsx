/** The development page: the whole window over a catalog in memory. `?catalog=empty`, `?theme=dark`, `?at=vitrine://…`. */
import { themeSources } from '#shared/contract/bridge.ts';
import { provideCore } from '../api/index.ts';
import { openAddress } from '../routes/index.ts';
import { startWindow } from '../start.tsx';
import { fixtureBridge } from './bridge.ts';
import { fixtureClient } from './fixture.ts';

const asked = new URLSearchParams(location.search);
Object.defineProperty(window, 'vitrine', { value: fixtureBridge(themeSources.find((theme) => theme === asked.get('theme')) ?? 'system') });
provideCore(fixtureClient(asked.get('catalog') === 'empty' ? 'empty' : 'sample'));
void startWindow();
const at = asked.get('at');
if (at !== null) openAddress(at);
