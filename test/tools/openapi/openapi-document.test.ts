import * as z from 'zod/mini'
import type { ApiDescription, ApiOperation } from '../../../functions/shared/http/api-description.ts'
import { pageQuery } from '../../../functions/shared/http/page-query.ts'
import { openApiDocument } from '../../../tools/openapi/openapi-document.ts'
import { at } from '../../support/templates.ts'

const body = z.strictObject({ text: z.string() })
const NAME = { name: { name: 'Name', description: 'A name.', pattern: '^[a-z]+$', example: 'mine' } }
const POST: ApiOperation = {
  routeKey: 'POST /notes/{name}',
  id: 'createNote',
  tag: 'Notes',
  summary: 'Create a note',
  description: 'It is kept.',
  params: NAME,
  responses: { 204: { description: 'It is there.' } },
}

function documentOf(operations: Partial<ApiOperation>[], more: Partial<ApiDescription> = {}): unknown {
  const texts = { title: 'T', description: 'D', tags: {}, scopes: {}, schemas: {} }
  // Schemas that every API uses are also used here.
  const invalid: ApiOperation = { ...POST, routeKey: 'POST /', params: {}, body: z.strictObject({}) }
  return openApiDocument({
    ...texts,
    ...more,
    operations: [invalid, ...operations.map((one) => ({ ...POST, ...one }))],
  })
}

/** Returns the description of `POST /notes/{name}`. */
function described(operation: Partial<ApiOperation>): unknown {
  return at(documentOf([operation]), 'paths', '/notes/{name}', 'post')
}

const typesOf = (content: unknown) => Object.keys(content ?? {}).sort()
const statusesOf = (operation: Partial<ApiOperation>) => Object.keys(at(described(operation), 'responses') as object)

test('a path parameter has the pattern of the operation, and must be described', () => {
  expect(at(described({}), 'parameters', 0)).toMatchObject({ name: 'name', schema: { pattern: '^[a-z]+$' } })
  expect(() => described({ params: {} })).toThrow('POST /notes/{name} does not describe name')
})

test('a query parameter must be described, except those of every list', () => {
  const query = z.strictObject({ ...pageQuery, colour: z.string() })
  const queryFields = { colour: { description: 'A colour.', example: 'red' } }
  const names = (at(described({ query, queryFields }), 'parameters') as { name: string; required?: boolean }[]).map(
    ({ name, required = false }) => [name, required],
  )
  expect(names).toEqual([
    ['name', true],
    ['limit', false],
    ['cursor', false],
    ['colour', true],
  ])
  expect(() => described({ query })).toThrow('does not describe colour')
})

test('a body is JSON, or also a form if the operation accepts one, with the same schema', () => {
  const contentOf = (operation: Partial<ApiOperation>) => at(described(operation), 'requestBody', 'content')
  expect(typesOf(contentOf({ body }))).toEqual(['application/json'])
  const content = contentOf({ body, form: true }) as Record<string, unknown>
  expect(typesOf(content)).toEqual(['application/json', 'application/x-www-form-urlencoded'])
  expect(content['application/x-www-form-urlencoded']).toEqual(content['application/json'])
})

test('an operation has the answers of every operation of its kind', () => {
  const common = ['204', '429', '500', '503']
  expect(statusesOf({})).toEqual(common)
  expect(statusesOf({ body })).toEqual([...common, '400', '413', '422'].sort())
  expect(statusesOf({ scope: 'notes:write' })).toEqual([...common, '401', '403'].sort())
  expect(statusesOf({ conditional: true })).toEqual([...common, '412'].sort())
  expect(statusesOf({ body, idempotent: true })).toEqual([...common, '400', '409', '413', '422'].sort())
})

test('one of several scopes is enough for an operation that lists them', () => {
  const security = [{ token: ['notes:read'] }, { token: ['notes:admin'] }]
  expect(at(described({ scope: ['notes:read', 'notes:admin'] }), 'security')).toEqual(security)
  expect(at(described({ scope: 'notes:read' }), 'security')).toEqual(security.slice(0, 1))
})

test('an operation’s own errors are merged with those of its kind', () => {
  const taken = { description: 'The name is taken.', codes: ['name-taken'] }
  const answer = at(described({ body, idempotent: true, responses: { 409: taken } }), 'responses', '409')
  expect(at(answer, 'description')).toMatch(
    /^The name is taken\. .*in progress\. Codes: `name-taken`, `operation-in-progress`\.$/,
  )
  expect(at(answer, 'headers')).toHaveProperty('Retry-After')
  expect(at(answer, 'content', 'application/problem+json', 'example')).toMatchObject({
    status: 409,
    code: 'name-taken',
  })
})

test('if browsers get pages, every answer with a body may be one, except those of API Gateway', () => {
  const responses = {
    200: { description: 'A note.', body },
    303: { description: 'Elsewhere.', headers: ['Target'] as const },
    404: { description: 'None.', codes: ['not-found'] },
  }
  const typesOfAll = (operation: Partial<ApiOperation>, statuses: string[]) =>
    statuses.map((status) => typesOf(at(described({ responses, ...operation }), 'responses', status, 'content')))
  const [json, problem, page] = ['application/json', 'application/problem+json', 'text/html']
  expect(typesOfAll({}, ['200', '303', '404'])).toEqual([[json], [], [problem]])
  expect(typesOfAll({ pages: true }, ['200', '303', '404', '429'])).toEqual([[json, page], [], [problem, page], [json]])
})

test('answers to HEAD have no body', () => {
  const responses = { 200: { description: 'A note.', body }, 404: { description: 'None.', codes: ['not-found'] } }
  const document = documentOf([{ routeKey: 'HEAD /notes/{name}', responses }])
  const answers = at(document, 'paths', '/notes/{name}', 'head', 'responses') as Record<string, object>
  expect(Object.keys(answers)).toEqual(['200', '404', '429', '500', '503'])
  for (const answer of Object.values(answers)) expect(answer).not.toHaveProperty('content')
})

describe('a named schema', () => {
  const Note = { schema: body, description: 'A note.', fields: { text: 'The content.' } }
  const read = { routeKey: 'GET /notes/{name}', responses: { 200: { description: 'A note.', body: z.array(body) } } }

  test('is a component, and a reference wherever it is used', () => {
    const document = documentOf([{ body }, read], { schemas: { Note } })
    expect(at(document, 'components', 'schemas', 'Note')).toMatchObject({
      description: 'A note.',
      properties: { text: { type: 'string', description: 'The content.' } },
    })
    const reference = { $ref: '#/components/schemas/Note' }
    const [sent, answered] = [
      at(document, 'paths', '/notes/{name}', 'post', 'requestBody', 'content', 'application/json', 'schema'),
      at(
        document,
        'paths',
        '/notes/{name}',
        'get',
        'responses',
        '200',
        'content',
        'application/json',
        'schema',
        'items',
      ),
    ]
    expect([sent, answered]).toEqual([reference, reference])
  })

  test('keeps zod’s metadata of it and its parts', () => {
    const time = z.string().check(z.meta({ format: 'date-time' }))
    const schema = z.strictObject({ time }).check(z.meta({ minProperties: 1 }))
    const document = documentOf([{ body: schema }], { schemas: { Note: { schema, description: 'A note.' } } })
    expect(at(document, 'components', 'schemas', 'Note')).toMatchObject({
      minProperties: 1,
      properties: { time: { format: 'date-time' } },
    })
  })

  test('must be used, and must have the described fields', () => {
    expect(() => documentOf([], { schemas: { Note } })).toThrow('The named schema Note is not used')
    const wrong = { ...Note, fields: { colour: 'None.' } }
    expect(() => documentOf([read], { schemas: { Note: wrong } })).toThrow('Note has no field colour')
  })

  test('must be the same wherever it is used', () => {
    const schema = z.strictObject({ text: z._default(z.string(), 'x') })
    const both = { body: schema, responses: { 200: { description: 'A note.', body: schema } } }
    const schemas = { Note: { schema, description: 'A note.' } }
    expect(() => documentOf([both], { schemas })).toThrow('Note differs between input and output')
  })
})

test('an object that several places share is a component, and one of a single place is inlined', () => {
  const GET = { routeKey: 'GET /notes/{name}' }
  const nameOf = (document: unknown) => at(document, 'paths', '/notes/{name}', 'post', 'parameters', 0)
  expect(nameOf(documentOf([{}]))).toHaveProperty('schema')
  expect(nameOf(documentOf([{}, GET]))).toEqual({ $ref: '#/components/parameters/Name' })
  const other = { name: { ...NAME.name, pattern: '^x$' } }
  expect(() => documentOf([{}, { ...GET, params: other }])).toThrow('Two different parameters are named Name')
})
