import { useEffect } from 'react';
import { formatPlace, parsePlace } from '#shared/domain/places.ts';
import { copyText, useContextMenu } from '../../ui/index.ts';
import { navigate } from '../routes/index.ts';
import { openMenu, useMenuRequest } from './menuLayer.ts';

/** Where `openMenu` opens. Mounted once, by the window. */
export function MenuLayer() {
  const menu = useContextMenu();
  const request = useMenuRequest((state) => state.request);
  const { open } = menu;
  useEffect(() => {
    if (request !== null) open(request.point, request.items);
  }, [request, open]);
  useEffect(() => {
    document.addEventListener('contextmenu', menuOfLink);
    return () => document.removeEventListener('contextmenu', menuOfLink);
  }, []);
  return menu.element;
}

/** A link to a place has a menu wherever it stands, unless what it stands in has one. */
function menuOfLink(event: MouseEvent): void {
  const link = event.target instanceof Element && !event.defaultPrevented ? event.target.closest('a[href]') : null;
  const place = link === null ? null : parsePlace(link.getAttribute('href') ?? '');
  if (link === null || place === null || !place.ok) return;
  event.preventDefault();
  // By the keyboard's menu key there is no pointer: it opens under the link.
  const { left, bottom } = link.getBoundingClientRect();
  openMenu(event.clientX === 0 && event.clientY === 0 ? { x: left, y: bottom } : { x: event.clientX, y: event.clientY }, [
    { id: 'open', label: 'Open', onSelect: () => navigate(place.value) },
    { id: 'address', label: 'Copy address', onSelect: () => void copyText(formatPlace(place.value)) },
  ]);
}
