import { openApiDocuments } from '../../../tools/openapi/write-documents.ts'

const documents = Object.entries(await openApiDocuments())

/** Lists the places of a document where an array's items are described as objects in place, without a name. */
function unnamedItems(part: unknown, path: readonly string[] = []): string[] {
  if (typeof part !== 'object' || part === null) return []
  const { type, items } = part as { type?: unknown; items?: object }
  const found = type === 'array' && items && JSON.stringify(items).includes('"properties"') ? [path.join('/')] : []
  return [...found, ...Object.entries(part).flatMap(([name, value]) => unnamedItems(value, [...path, name]))]
}

test.each(documents)('the objects in the lists of %s have names in generated clients', (_, text) => {
  expect(unnamedItems(JSON.parse(text))).toEqual([])
})

test('a list of objects without a name is found, wherever it is', () => {
  const object = { type: 'object', properties: { a: { type: 'string' } } }
  const [list, named] = [
    { type: 'array', items: { anyOf: [object, { type: 'null' }] } },
    { type: 'array', items: { $ref: '#/components/schemas/Note' } },
  ]
  expect(unnamedItems({ paths: [{ list, named }] })).toEqual(['paths/0/list'])
})
