/** The scopes that each group grants, in a map, because a group may be called `constructor`, which objects inherit. */
export type GroupScopes = ReadonlyMap<string, readonly string[]>

/**
 * Parses the variable that the stack sets, such as `{"link-editors":["links/read","links/write"]}`.
 *
 * @throws Error that quotes the value if it has another shape.
 */
export function parseGroupScopes(json: string): GroupScopes {
  const value: unknown = JSON.parse(json)
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isTable || !Object.values(value).every(isScopeList)) {
    throw new Error(`GROUP_SCOPES=${json} is invalid. Expected: {"<group>":["<resource server>/<scope>", …], …}.`)
  }
  return new Map(Object.entries(value))
}

/** Rejects spaces, because the claim `scope` is a list separated by spaces. */
function isScopeList(value: unknown): boolean {
  return Array.isArray(value) && value.every((scope) => typeof scope === 'string' && /^[^\s/]+\/[^\s/]+$/.test(scope))
}
