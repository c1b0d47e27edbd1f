/** Runs one GraphQL request: reads it, holds it to the limits, refuses what is not offered by name, executes, and says what went wrong. */
import { Kind, parse, specifiedRules, validate, validateExecutionArgs, type DocumentNode, type ExecutionArgs, type ExecutionResult, type GraphQLError, type OperationDefinitionNode } from 'graphql';
import { createSharedExecutionContext } from 'graphql/execution/createSharedExecutionContext.js';
import { Executor } from 'graphql/execution/Executor.js';
import { VitrineError } from '#shared/contract/index.ts';
import { failureOf, failureOfThrown, type WireError } from './failures.ts';
import { graphqlLimits, holdToLimits, isPagedByVariables, nestingOf } from './limits.ts';
import { refuseNotOffered } from './notOffered.ts';
import type { Asking } from './asking.ts';
import { rootOf } from './resolvers/root.ts';
import { schema } from './schema/index.ts';
import { fitVariables } from './variables.ts';

type Body = { readonly query: string; readonly variables: Readonly<Record<string, unknown>>; readonly operationName: string | null };

/** A request as it stands in its body, null for what is none. By hand: this is asked of each. */
function bodyOf(raw: unknown): Body | null {
  if (!isRecord(raw)) return null;
  const { query, variables = null, operationName = null } = raw;
  if (typeof query !== 'string' || query.length > 1_000_000) return null;
  if (variables !== null && !isRecord(variables)) return null;
  if (operationName !== null && (typeof operationName !== 'string' || operationName.length > 500)) return null;
  // Some clients leave it empty.
  return { query, variables: variables ?? {}, operationName: operationName === '' ? null : operationName };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type GraphqlAnswer = { readonly status: number; readonly body: { readonly data: unknown; readonly errors?: readonly WireError[] }; /** Of the operation, for metrics and the log. */ readonly operation: string };

/** Documents that were read and found right, by their text: a client sends the same few hundred over and over. What depends on the text alone is not asked again. */
const remembered = new Map<string, { readonly document: DocumentNode; /** Where several stand in it, each may be meant the next time. */ readonly oneOperation: boolean; /** Whether variables say how long its lists are, and so what it costs. */ readonly paged: boolean }>();
const rememberedAtMost = 500;

export async function answerGraphql(raw: unknown, asking: Asking): Promise<GraphqlAnswer> {
  let operation = 'unreadable';
  try {
    const body = bodyOf(raw);
    if (body === null) throw badRequest('A GraphQL request is a JSON object with a “query” of at most 1,000,000 characters, and “variables” that are an object.');
    const { query, variables, operationName } = body;
    const document = documentOf(query);
    const chosen = chooseOperation(document, operationName);
    operation = nameOf(chosen);
    const fitted = fitVariables(schema, chosen, variables);
    if (fitted.dropped.length > 0) asking.log('debug', 'graphql', 'unknown input fields dropped', { operation, fields: fitted.dropped });
    const known = remembered.get(query);
    const judged = known?.document === document;
    if (!judged || !known.oneOperation || known.paged) holdToLimits(document, chosen, fitted.variables);
    if (!judged || !known.oneOperation) refuseNotOffered(schema, document, chosen);
    const wrong = judged ? [] : validate(schema, document, specifiedRules, { maxErrors: 20 });
    if (wrong.length > 0) return refusal(wrong, asking, operation);
    remember(query, document);
    const result = await executed({ schema, document, rootValue: rootOf(asking), variableValues: fitted.variables, operationName, abortSignal: asking.signal, hideSuggestions: false });
    if (result.errors !== undefined && result.errors.length > 0) return refusal(result.errors, asking, operation);
    return { status: 200, body: { data: result.data ?? null }, operation };
  } catch (thrown) {
    const failure = failureOfThrown(thrown, asking.log);
    return { status: failure.status, body: { errors: failure.errors, data: null }, operation };
  }
}

/**
 * What `execute` does, with the request's own signal for the resolvers: by itself it makes one for each request and ends it with an exception whose
 * stack nobody reads, which costs more than most answers.
 */
async function executed(args: ExecutionArgs & { readonly abortSignal: AbortSignal }): Promise<ExecutionResult> {
  const checked = validateExecutionArgs(args);
  return 'schema' in checked ? await new Executor(checked, createSharedExecutionContext(args.abortSignal)).executeRootSelectionSet() : { errors: checked };
}

function refusal(errors: readonly GraphQLError[], asking: Asking, operation: string): GraphqlAnswer {
  const failure = failureOf(errors, asking.log, { conflictsAreRetried: operation === 'UpsertBucket' });
  asking.log('debug', 'graphql', 'refused', { operation, status: failure.status, code: failure.errors[0]?.extensions.code });
  return { status: failure.status, body: { errors: failure.errors, data: null }, operation };
}

function documentOf(query: string): DocumentNode {
  const known = remembered.get(query);
  if (known !== undefined) return known.document;
  if (nestingOf(query) > 4 * graphqlLimits.depth) throw badRequest(`The query is nested more than ${4 * graphqlLimits.depth} levels deep.`);
  try {
    return parse(query, { noLocation: true, maxTokens: graphqlLimits.tokens });
  } catch (thrown) {
    throw badRequest(`The query can’t be read: ${thrown instanceof Error ? thrown.message.slice(0, 300) : 'it is no GraphQL.'}`);
  }
}

function remember(query: string, document: DocumentNode): void {
  if (query.length > 50_000) return;
  const known = remembered.get(query) ?? { document, oneOperation: document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1, paged: isPagedByVariables(document) };
  remembered.delete(query);
  remembered.set(query, known);
  if (remembered.size > rememberedAtMost) remembered.delete(remembered.keys().next().value ?? '');
}

function chooseOperation(document: DocumentNode, name: string | null): OperationDefinitionNode {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const chosen = name === null ? (operations.length === 1 ? operations[0] : undefined) : operations.find((operation) => operation.name?.value === name);
  if (chosen === undefined) throw badRequest(name === null ? 'The document must hold one operation, or operationName must say which is meant.' : `The document holds no operation named “${name.slice(0, 100)}”.`);
  return chosen;
}

function nameOf(operation: OperationDefinitionNode): string {
  const [first] = operation.selectionSet.selections;
  return (operation.name?.value ?? (first?.kind === Kind.FIELD ? first.name.value : 'unnamed')).slice(0, 100);
}

function badRequest(explanation: string): VitrineError {
  return new VitrineError('bad_input', { details: { explanation } });
}
