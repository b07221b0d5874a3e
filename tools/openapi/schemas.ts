import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import { globalRegistry, registry, toJSONSchema } from 'zod/v4/core'
import type { NamedSchema } from '../../functions/shared/http/api-description.ts'
import type { Json } from './components.ts'

export interface Schemas {
  /**
   * The JSON Schema (draft 2020-12) of what is sent (`input`) or answered (`output`), in which the named schemas are
   * references.
   *
   * @throws Error where a named schema is used both ways, and differs.
   */
  jsonSchema: (schema: z.ZodMiniType, io: 'input' | 'output') => Json
  /**
   * All named schemas, by name, in the order in which they were named.
   *
   * @throws Error where one was not used.
   */
  finish: () => Record<string, Json>
}

/**
 * Makes JSON Schemas of zod's, with definitions by the given names.
 *
 * @param root what references start with, as in `#/components/schemas`.
 */
export function createSchemas(named: Readonly<Record<string, NamedSchema>>, root: string): Schemas {
  const definitions = new Map<string, Json>()
  const metadata = metadataOf(named)

  const define = (name: string, found: Json) => {
    const definition = described(name, named[name], inlineRefs(found, root))
    const known = definitions.get(name)
    if (known && !isDeepStrictEqual(known, definition)) throw new Error(`${name} is not the same as input and output.`)
    definitions.set(name, definition)
  }

  return {
    jsonSchema(schema, io) {
      // In an object, so that a named schema becomes a reference here, too.
      const { properties, $defs = {} } = toJSONSchema(z.object({ schema }), { io, metadata, target: 'draft-2020-12' })
      for (const [name, found] of Object.entries($defs)) define(name, found as Json)
      return inlineRefs(properties?.schema as Json, root)
    },
    finish: () =>
      Object.fromEntries(
        Object.keys(named).map((name) => {
          const definition = definitions.get(name)
          if (!definition) throw new Error(`The schema ${name} has a name, and is used nowhere.`)
          return [name, definition]
        }),
      ),
  }
}

/** What zod knows of schemas by itself, and their names. */
function metadataOf(named: Readonly<Record<string, NamedSchema>>) {
  const names = new Map(Object.entries(named).map(([id, { schema }]) => [schema as object, id]))
  const metadata = registry<Record<string, unknown>>()
  metadata.get = (schema) => {
    const id = names.get(schema)
    const known = globalRegistry.get(schema)
    return id === undefined ? known : { ...known, id }
  }
  return metadata
}

/** @throws Error where a field that is described is not there. */
function described(name: string, named: NamedSchema | undefined, definition: Json): Json {
  const properties = { ...(definition.properties as Record<string, Json> | undefined) }
  for (const [field, description] of Object.entries(named?.fields ?? {})) {
    if (!properties[field]) throw new Error(`${name} has no field ${field}.`)
    properties[field] = { ...properties[field], description }
  }
  return { description: named?.description, ...definition, ...(definition.properties !== undefined && { properties }) }
}

/** The same, with references to where the definitions of the document are. */
function inlineRefs(json: Json, root: string): Json {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', `"${root}/`))
}
