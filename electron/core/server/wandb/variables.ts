/** Variables as clients send them: with fields that a newer server knows, and variables that the document doesn't declare. */
import { isInputObjectType, isListType, isNonNullType, typeFromAST, type GraphQLInputType, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

export type FittedVariables = { readonly variables: Readonly<Record<string, unknown>>; /** `input.cloudRegionID`, for the log. */ readonly dropped: readonly string[] };

/** Keeps what the document declares and the schema knows. Nothing is coerced or checked here. */
export function fitVariables(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Readonly<Record<string, unknown>>): FittedVariables {
  const variables: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    if (!Object.hasOwn(given, name)) continue;
    const type = typeFromAST(schema, definition.type) as GraphQLInputType | undefined;
    variables[name] = type === undefined ? given[name] : fit(type, given[name], name, dropped);
  }
  return { variables, dropped };
}

function fit(type: GraphQLInputType, value: unknown, path: string, dropped: string[]): unknown {
  if (value === null || value === undefined) return value;
  if (isNonNullType(type)) return fit(type.ofType, value, path, dropped);
  if (isListType(type)) return Array.isArray(value) ? value.map((one) => fit(type.ofType, one, path, dropped)) : fit(type.ofType, value, path, dropped);
  if (!isInputObjectType(type) || typeof value !== 'object' || Array.isArray(value)) return value;
  const fields = type.getFields();
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const field = fields[key];
    if (field !== undefined && Object.hasOwn(fields, key)) kept[key] = fit(field.type, inner, `${path}.${key}`, dropped);
    else if (dropped.length < 20) dropped.push(`${path}.${key.slice(0, 100)}`);
  }
  return kept;
}
