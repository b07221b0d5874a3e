import { isDeepStrictEqual } from 'node:util'

export type Json = Record<string, unknown>

/** Those of an OpenAPI document that have a place in it and a name, but for schemas. */
export type ComponentKind = 'headers' | 'parameters' | 'responses'

export interface Components {
  /**
   * A thing for a place in the document. When `finish` has run, it is a reference where several places have the thing,
   * and the thing itself where only one has.
   */
  place: (kind: ComponentKind, name: string, value: Json) => Json
  /**
   * Fills the places.
   *
   * @returns what they refer to, by kind and name, sorted by name.
   * @throws Error where a name stands for different things.
   */
  finish: () => Record<string, Json>
}

/** Collects what several places of a document have in common. */
export function createComponents(): Components {
  // In the order in which they are filled: a response holds headers.
  const kinds: Record<ComponentKind, Map<string, { value: Json; places: Json[] }>> = {
    headers: new Map(),
    parameters: new Map(),
    responses: new Map(),
  }
  return {
    place(kind, name, value) {
      const known = kinds[kind].get(name) ?? { value, places: [] }
      if (!isDeepStrictEqual(known.value, value)) throw new Error(`Two different ${kind} are named ${name}.`)
      kinds[kind].set(name, known)
      const place: Json = {}
      known.places.push(place)
      return place
    },
    finish: () => Object.fromEntries(Object.entries(kinds).map(([kind, things]) => [kind, fill(kind, things)])),
  }
}

function fill(kind: string, things: ReadonlyMap<string, { value: Json; places: readonly Json[] }>): Json {
  const shared: Json = {}
  for (const [name, { value, places }] of [...things].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const isShared = places.length > 1
    for (const place of places) Object.assign(place, isShared ? { $ref: `#/components/${kind}/${name}` } : value)
    if (isShared) shared[name] = value
  }
  return shared
}
