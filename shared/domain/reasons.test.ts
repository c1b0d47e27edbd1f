import { expect, test } from 'vitest';
import { aliasGuard } from './aliasGuard.ts';
import { checkReasonForMoves, moveNeedingReason } from './reasons.ts';

const guard = aliasGuard(['production', 'prod-*']);
const move = (alias: string) => ({ alias, from: 0, to: 1 });

test('a reason is asked for as the registry says, and never for latest', () => {
	const moves = [move('latest'), move('staging'), move('prod-eu')];
	expect([moveNeedingReason('never', guard, moves), moveNeedingReason('protected', guard, moves), moveNeedingReason('all', guard, moves), moveNeedingReason('all', guard, [move('latest')])]).toEqual([null, 'prod-eu', 'staging', null]);
});

test('spaces are no reason', () => {
	for (const message of [null, '', '  \n']) expect(checkReasonForMoves('all', guard, [move('staging')], message)).toMatchObject({ violation: { rule: 'reason-missing', name: 'staging' } });
	expect(checkReasonForMoves('all', guard, [move('staging')], 'better')).toEqual({ ok: true, value: 'better' });
	expect(checkReasonForMoves('all', guard, [], null).ok).toBe(true);
});
