/** What each group grants. A map, because a group may be called `constructor`, and an object would know that name. */
export type GroupScopes = ReadonlyMap<string, readonly string[]>

/**
 * Reads what the stack passes, as in `{"link-editors":["links/read","links/write"]}`.
 *
 * @throws Error that shows the value, when it is something else.
 */
export function parseGroupScopes(json: string): GroupScopes {
  const value: unknown = JSON.parse(json)
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isTable || !Object.values(value).every(isScopeList)) {
    throw new Error(`GROUP_SCOPES=${json} is not what it must be: {"<group>":["<resource server>/<scope>", …], …}.`)
  }
  return new Map(Object.entries(value))
}

/** A space would make two scopes of one: the claim `scope` is a list with spaces. */
function isScopeList(value: unknown): boolean {
  return Array.isArray(value) && value.every((scope) => typeof scope === 'string' && /^[^\s/]+\/[^\s/]+$/.test(scope))
}
