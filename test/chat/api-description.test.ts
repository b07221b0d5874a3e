import { apiDescription } from '../../functions/chat/api-description.ts'
import { openApiDocument } from '../../tools/openapi/openapi-document.ts'

/** Returns the paths of the objects that a JSON Schema describes in itself, instead of by a reference. */
function inlineObjects(part: unknown, path: string): string[] {
  if (typeof part !== 'object' || part === null) return []
  const inner = Object.entries(part).flatMap(([key, value]) => inlineObjects(value, `${path}.${key}`))
  return 'properties' in part ? [path, ...inner] : inner
}

test('every object in a body has a name, which generated clients use', () => {
  const { paths, components } = openApiDocument(apiDescription)
  const { schemas, ...shared } = components as { schemas: Record<string, { properties?: object }> }
  expect(inlineObjects(paths, 'paths')).toEqual([])
  expect(inlineObjects(shared, 'components')).toEqual([])
  const inSchemas = Object.entries(schemas).flatMap(([name, { properties, ...others }]) => [
    ...inlineObjects({ ...properties }, name),
    ...inlineObjects(others, name),
  ])
  expect(inSchemas).toEqual([])
})
