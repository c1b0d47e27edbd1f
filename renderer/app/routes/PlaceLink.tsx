import type { ComponentPropsWithRef, MouseEvent } from 'react';
import { formatPlace, type Place } from '#shared/domain/places.ts';
import { navigate, type NavigateOptions } from './history.ts';
import { preloadPlace } from './registry.ts';

export type PlaceLinkProps = Omit<ComponentPropsWithRef<'a'>, 'href'> & { readonly to: Place; readonly options?: NavigateOptions };

/**
 * A link to a place of the window. Its address is a true `vitrine://` one: it can be copied, and opens the same place elsewhere. Whoever points at it is
 * about to follow it: its place's code is fetched by then.
 */
export function PlaceLink({ to, options, onClick, onPointerEnter, children, ...rest }: PlaceLinkProps) {
  return (
    <a
      {...rest}
      href={formatPlace(to)}
      draggable={false}
      onClick={(event: MouseEvent<HTMLAnchorElement>) => {
        event.preventDefault();
        onClick?.(event);
        if (!event.isPropagationStopped()) navigate(to, options);
      }}
      onPointerEnter={(event) => {
        onPointerEnter?.(event);
        void preloadPlace(to.place);
      }}
      onAuxClick={(event) => event.preventDefault()}
    >
      {children}
    </a>
  );
}
