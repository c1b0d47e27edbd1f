/**
 * Turns declarations that are costly to make into ones that are made when they are first asked for, while bundling.
 *
 * The contract has hundreds of schemas, which its sources state plainly: `export const Role = z.enum([…])`. Core needs a dozen of them for a window's first
 * list, and making all of them took a fifth of its start. In the bundle each becomes a function that makes it once, and each mention of it a call.
 */
/** What makes schemas: a declaration that mentions it, outside of functions, is made later. */
const maker = 'z';

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** @typedef {{ readonly type: string, readonly start: number, readonly end: number, readonly [field: string]: any }} Node */

/**
 * Calls `visit` for each identifier that stands for a value.
 * @param {Node} node
 * @param {(identifier: Node, parent: Node, inFunction: boolean) => void} visit
 */
const eachMention = (node, visit, parent = node, inFunction = false) => {
  if (node.type === 'Identifier') {
    visit(node, parent, inFunction);
    return;
  }
  if (node.type === 'ImportDeclaration' || node.type === 'ExportAllDeclaration' || node.type === 'ExportSpecifier') return;
  const within = inFunction || functionTypes.has(node.type);
  for (const [field, value] of Object.entries(node)) {
    if (field === 'type' || field === 'start' || field === 'end') continue;
    // Names of properties stand for no value.
    if (field === 'property' && node.type === 'MemberExpression' && !node.computed) continue;
    if (field === 'key' && !node.computed) continue;
    for (const each of Array.isArray(value) ? value : [value]) if (typeof each?.type === 'string') eachMention(each, visit, node, within);
  }
};

/** Every name that a pattern binds. @param {Node | null} pattern @returns {readonly string[]} */
const boundBy = (pattern) => {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => boundBy(property.type === 'RestElement' ? property.argument : property.value));
    case 'ArrayPattern':
      return pattern.elements.flatMap(boundBy);
    case 'AssignmentPattern':
      return boundBy(pattern.left);
    case 'RestElement':
      return boundBy(pattern.argument);
    default:
      return [];
  }
};

/** Names that anything but an import or a top-level constant binds. @param {Node} node @returns {readonly string[]} */
const boundInside = (node, top = true) => {
  const names = [];
  if (functionTypes.has(node.type)) names.push(...boundBy(node.id ?? null), ...node.params.flatMap(boundBy));
  if (node.type === 'VariableDeclarator' && !top) names.push(...boundBy(node.id));
  if (node.type === 'CatchClause') names.push(...boundBy(node.param));
  if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') names.push(...boundBy(node.id ?? null));
  const stays = top && ['Program', 'ExportNamedDeclaration', 'VariableDeclaration'].includes(node.type);
  for (const value of Object.values(node)) for (const each of Array.isArray(value) ? value : [value]) if (typeof each?.type === 'string') names.push(...boundInside(each, stays));
  return names;
};

/** The constants that a module declares at its top, each alone. @param {Node} program @returns {readonly Node[]} */
const constantsOf = (program) =>
  program.body
    .map((statement) => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement))
    .filter((declaration) => declaration?.type === 'VariableDeclaration' && declaration.kind === 'const' && declaration.declarations.length === 1 && declaration.declarations[0].id.type === 'Identifier');

/** Imported names by the names they have here, of the sources that count. @param {Node} program @param {(source: string) => boolean} counts */
const importedFrom = (program, counts) => {
  /** @type {Map<string, string>} */
  const imported = new Map();
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || !counts(statement.source.value)) continue;
    for (const specifier of statement.specifiers) {
      if (specifier.type !== 'ImportSpecifier') throw new Error(`“${statement.source.value}” is imported as a whole: its declarations that are made later can’t be told apart`);
      imported.set(specifier.local.name, specifier.imported.name);
    }
  }
  return imported;
};

/** Functions that a module declares at its top. @param {Node} program @returns {readonly (readonly [name: string, body: Node])[]} */
const functionsOf = (program) =>
  program.body
    .map((statement) => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement))
    .flatMap((declaration) => {
      if (declaration?.type === 'FunctionDeclaration') return [[declaration.id.name, declaration.body]];
      if (declaration?.type !== 'VariableDeclaration') return [];
      return declaration.declarations.filter(({ init }) => functionTypes.has(init?.type)).map(({ id, init }) => [id.name, init.body]);
    });

/**
 * Mentions that no call can be put behind, in a module other than those that declare, or under another name anywhere.
 * @param {Node} program
 * @param {{ readonly names: ReadonlySet<string>, readonly meant: ReadonlySet<string>, readonly declares: boolean, readonly isDeclaring: (source: string) => boolean }} about
 */
const refuseOthers = (program, { names, meant, declares, isDeclaring }) => {
  for (const statement of program.body) {
    if (statement.type === 'ExportAllDeclaration' && !declares && isDeclaring(statement.source.value)) throw new Error(`“${statement.source.value}” is handed on as a whole: what is made later in it would be taken for made`);
    if (statement.type !== 'ExportNamedDeclaration') continue;
    for (const { local, exported } of statement.specifiers) {
      const isLater = statement.source === null || statement.source === undefined ? meant.has(local.name) : isDeclaring(statement.source.value) && names.has(local.name);
      if (isLater && (!declares || local.name !== exported.name)) throw new Error(`“${local.name}” is made later and can’t be handed on from here`);
    }
  }
};

/**
 * The names of all declarations of a set of modules that are made later: those that mention `z`, or a function that does, outside of functions, and those that
 * mention such a one there.
 * @param {readonly Node[]} programs
 * @returns {ReadonlySet<string>}
 */
export const madeLaterIn = (programs) => {
  const makers = new Set([maker]);
  const found = new Set();
  for (let before = -1; before < makers.size + found.size; ) {
    before = makers.size + found.size;
    for (const program of programs) {
      for (const [name, body] of functionsOf(program))
        eachMention(body, (mention) => {
          if (makers.has(mention.name)) makers.add(name);
        });
      for (const { declarations } of constantsOf(program)) {
        const [{ id, init }] = declarations;
        if (init === null || functionTypes.has(init.type)) continue;
        eachMention(init, (mention, _parent, inFunction) => {
          if (!inFunction && (makers.has(mention.name) || found.has(mention.name))) found.add(id.name);
        });
      }
    }
  }
  return found;
};

/**
 * A module with its own declarations made later, and with calls where it mentions those of its own or of others; null where there is nothing to do.
 * @param {string} code
 * @param {Node} program the same, parsed
 * @param {object} about
 * @param {ReadonlySet<string>} about.names what `madeLaterIn` found
 * @param {boolean} about.declares whether this is one of the modules that declare
 * @param {(source: string) => boolean} about.isDeclaring whether an import leads to one of them
 * @returns {{ code: string, map: null } | null}
 * @throws where a mention can't become a call: a name that something else has too, modules imported or handed on as a whole or under another name
 */
export const makeLater = (code, program, { names, declares, isDeclaring }) => {
  const own = declares ? constantsOf(program).filter(({ declarations }) => names.has(declarations[0].id.name)) : [];
  const meant = new Set(own.map(({ declarations }) => declarations[0].id.name));
  for (const [local, imported] of importedFrom(program, isDeclaring)) if (names.has(imported)) meant.add(local);
  refuseOthers(program, { names, meant, declares, isDeclaring });
  if (meant.size === 0) return null;
  for (const name of boundInside(program)) if (meant.has(name)) throw new Error(`“${name}” is made later, and another thing here has its name`);
  const declared = new Set(own.map(({ declarations }) => declarations[0].id));
  /** @type {(readonly [position: number, text: string])[]} */
  const insertions = [];
  for (const { declarations } of own) insertions.push([declarations[0].init.start, `() => made_${declarations[0].id.name} ??= (`]);
  eachMention(program, (mention, parent) => {
    if (!meant.has(mention.name) || declared.has(mention)) return;
    insertions.push([mention.end, parent.type === 'Property' && parent.shorthand ? `: ${mention.name}()` : '()']);
  });
  for (const { declarations } of own) insertions.push([declarations[0].init.end, ')']);
  // Hoisted, so that each is there whoever asks first.
  if (own.length > 0) insertions.push([code.length, `\nvar ${own.map(({ declarations }) => `made_${declarations[0].id.name}`).join(', ')};`]);
  let changed = '';
  let at = 0;
  // What stands at the same place stays in its order: a declaration that is one mention alone is called before it is closed.
  for (const [position, text] of insertions.sort(([one], [other]) => one - other)) {
    changed += code.slice(at, position) + text;
    at = position;
  }
  // Every line stays where it is, so the map of before serves.
  return { code: changed + code.slice(at), map: null };
};
