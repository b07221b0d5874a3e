import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import { globalRegistry, registry, toJSONSchema } from 'zod/v4/core'
import type { NamedSchema } from '../../functions/shared/http/api-description.ts'
import type { Json } from './components.ts'

export interface Schemas {
  /**
   * The JSON Schema (draft 2020-12) of a request (`input`) or an answer (`output`), in which the named schemas are
   * references.
   *
   * @throws Error when a named schema is used both ways, and differs.
   */
  jsonSchema: (schema: z.ZodMiniType, io: 'input' | 'output') => Json
  /**
   * Returns all named schemas, in the order in which they were named.
   *
   * @throws Error when one was not used.
   */
  finish: () => Record<string, Json>
}

/**
 * Converts zod's schemas to JSON Schema, with definitions by the given names.
 *
 * @param root the prefix of references, as in `#/components/schemas`.
 */
export function createSchemas(named: Readonly<Record<string, NamedSchema>>, root: string): Schemas {
  const definitions = new Map<string, Json>()
  const metadata = metadataOf(named)

  const define = (name: string, found: Json) => {
    const definition = described(name, named[name], inlineRefs(found, root))
    const known = definitions.get(name)
    if (known && !isDeepStrictEqual(known, definition)) throw new Error(`${name} differs between input and output.`)
    definitions.set(name, definition)
  }

  return {
    jsonSchema(schema, io) {
      // The schema is wrapped in an object, so that a named schema becomes a reference here, too.
      const { properties, $defs = {} } = toJSONSchema(z.object({ schema }), { io, metadata, target: 'draft-2020-12' })
      for (const [name, found] of Object.entries($defs)) define(name, found as Json)
      return inlineRefs(properties?.schema as Json, root)
    },
    finish: () =>
      Object.fromEntries(
        Object.keys(named).map((name) => {
          const definition = definitions.get(name)
          if (!definition) throw new Error(`The named schema ${name} is not used.`)
          return [name, definition]
        }),
      ),
  }
}

/** A registry of zod's with the names of schemas. */
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

/** Adds descriptions to fields. @throws Error when a described field doesn't exist. */
function described(name: string, named: NamedSchema | undefined, definition: Json): Json {
  const properties = { ...(definition.properties as Record<string, Json> | undefined) }
  for (const [field, description] of Object.entries(named?.fields ?? {})) {
    if (!properties[field]) throw new Error(`${name} has no field ${field}.`)
    properties[field] = { ...properties[field], description }
  }
  return { description: named?.description, ...definition, ...(definition.properties !== undefined && { properties }) }
}

/** Rewrites references to the place of the document's definitions. */
function inlineRefs(json: Json, root: string): Json {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', `"${root}/`))
}
