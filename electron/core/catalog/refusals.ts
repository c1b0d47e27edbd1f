/** The rules answer with violations; here they become errors with the contract's codes. */
import { VitrineError, type ErrorCode } from '#shared/contract/errors.ts';
import { explainViolation, type Verdict, type Violation } from '#shared/domain/index.ts';

/** The accepted value, or the error that the rule's refusal amounts to. */
export function accepted<T>(verdict: Verdict<T>): T {
  if (verdict.ok) return verdict.value;
  throw refusal(verdict.violation);
}

/** Throws for the first of several reasons, naming all of them. */
export function refuseFor(blockers: readonly Violation[]): void {
  const [first] = blockers;
  if (first === undefined) return;
  const error = refusal(first);
  throw new VitrineError(error.code, { details: { ...error.details, blockers: blockers.map(explainViolation) } });
}

export function refusal(violation: Violation): VitrineError {
  return new VitrineError(codeOfViolation(violation), { details: { ...factsOf(violation), rule: violation.rule, violation, explanation: explainViolation(violation) } });
}

function factsOf(violation: Violation): Readonly<Record<string, unknown>> {
  switch (violation.rule) {
    case 'alias-moved':
      return { alias: violation.alias, expected: violation.expected, actual: violation.actual, moved: violation.moved ?? null };
    case 'state-changed':
      return { expected: violation.expected, actual: violation.actual, moved: violation.moved ?? null };
    case 'reason-missing':
      return { name: violation.name };
    case 'protected-alias':
      return { alias: violation.alias, aliases: [violation.alias] };
    case 'held-by-protected-alias':
      return { aliases: violation.holders };
    case 'has-aliases':
      return { aliases: violation.aliases };
    case 'not-found':
      return { kind: violation.subject, label: violation.name };
    case 'role-missing':
      return { needed: violation.needed, role: violation.role, kind: violation.subject, label: violation.name };
    case 'collection-type':
      return { type: violation.type, accepted: violation.collectionType };
    case 'type-not-accepted':
      return { type: violation.type, accepted: violation.accepted };
    default:
      return { subject: violation.subject };
  }
}

function codeOfViolation(violation: Violation): ErrorCode {
  switch (violation.rule) {
    case 'alias-moved':
      return 'alias_conflict';
    case 'protected-alias':
    case 'held-by-protected-alias':
      return 'alias_protected';
    case 'reason-missing':
      return 'reason_required';
    case 'state-changed':
      return 'state_conflict';
    case 'has-aliases':
      return 'aliases_present';
    case 'not-found':
    case 'no-such-version':
    case 'not-linked':
      return 'not_found';
    case 'role-missing':
    case 'source-not-readable':
      return 'permission_denied';
    case 'version-pending':
    case 'version-deleted':
      return 'version_unavailable';
    case 'type-not-accepted':
    case 'collection-type':
    case 'mixed-types':
      return 'type_mismatch';
    case 'latest-follows':
    case 'alias-asked-twice':
      return 'alias_conflict';
    case 'edge-reported':
      return 'already_exists';
    case 'edge-to-itself':
    case 'edge-between-runs':
    case 'nothing-to-link':
    case 'malformed-manifest':
    case 'malformed-template':
      return 'bad_input';
    case 'malformed-filter':
      return 'query_invalid';
    case 'target-deleted':
    case 'other-organization':
    case 'under-hold':
    case 'wrong-state':
    case 'no-such-state':
    case 'transition-not-allowed':
    case 'terminal-state':
    case 'state-in-use':
    case 'no-lifecycle':
    case 'type-in-use':
    case 'last-type':
    case 'restricted-source':
    case 'core-registry':
    case 'service-account-role':
    case 'last-admin':
    case 'trash-expired':
    case 'edge-closes-cycle':
    case 'edge-not-by-hand':
      return 'blocked';
    default:
      return violation.subject === 'path' ? 'path_invalid' : 'name_invalid';
  }
}
