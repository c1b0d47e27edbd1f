/** Links in texts that people wrote: places of this window open here, the web opens in the system's browser, nothing else opens. */
import { bridge } from '../../../app/bridge.ts';
import { openAddress } from '../../../app/routes/index.ts';

export function openLink(href: string): void {
  if (/^vitrine:/iu.test(href)) openAddress(href);
  else void bridge().openExternal(href);
}
