import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ approvals: () => import('./ApprovalsPlace.tsx').then((module) => module.ApprovalsPlace) });
