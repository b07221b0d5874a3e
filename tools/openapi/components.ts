import { isDeepStrictEqual } from 'node:util'

export type Json = Record<string, unknown>

/** Kinds of components that an OpenAPI document has a section for, except schemas. */
export type ComponentKind = 'headers' | 'parameters' | 'responses'

export interface Components {
  /**
   * Adds an object to a place in the document. After `finish`, the place holds a reference if several places have the
   * object, and the object itself if only one has it.
   */
  place: (kind: ComponentKind, name: string, value: Json) => Json
  /**
   * Fills the places.
   *
   * @returns the referenced components, by kind and name, sorted by name.
   * @throws Error when a name stands for different objects.
   */
  finish: () => Record<string, Json>
}

/** Collects the objects that several places of a document share. */
export function createComponents(): Components {
  // Places are filled in this order: a response contains headers.
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
