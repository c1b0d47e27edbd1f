import { useEffect } from 'react';
import { useContextMenu } from '../../ui/index.ts';
import { useMenuRequest } from './menuLayer.ts';

/** Where `openMenu` opens. Mounted once, by the window. */
export function MenuLayer() {
  const menu = useContextMenu();
  const request = useMenuRequest((state) => state.request);
  const { open } = menu;
  useEffect(() => {
    if (request !== null) open(request.point, request.items);
  }, [request, open]);
  return menu.element;
}
