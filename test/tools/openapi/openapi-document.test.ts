import * as z from 'zod/mini'
import type { ApiOperation } from '../../../functions/shared/http/api-description.ts'
import { openApiDocument } from '../../../tools/openapi/openapi-document.ts'
import { at } from '../../support/templates.ts'

/** What the document says of `POST /notes/{name}`. */
function described(operation: Partial<ApiOperation>): unknown {
  const whole = { routeKey: 'POST /notes/{name}', id: 'x', summary: 'X', responses: {}, ...operation }
  return at(openApiDocument({ title: 'T', description: 'D', operations: [whole] }), 'paths', '/notes/{name}', 'post')
}

const typesOf = (content: unknown) => Object.keys(content ?? {})
const body = z.strictObject({ text: z.string() })

test('a name in a path is an id like any other, or matches what the operation says', () => {
  const patternOf = (operation: Partial<ApiOperation>) => at(described(operation), 'parameters', 0, 'schema', 'pattern')
  expect(patternOf({})).toBe('^[A-Za-z0-9._~:@-]{1,128}$')
  expect(patternOf({ params: { name: '^[a-z]+$' } })).toBe('^[a-z]+$')
})

test('a body is JSON, and a form’s where one can send it, with the same schema', () => {
  const contentOf = (operation: Partial<ApiOperation>) => at(described(operation), 'requestBody', 'content')
  expect(typesOf(contentOf({ body }))).toEqual(['application/json'])
  const content = contentOf({ body, form: true }) as Record<string, unknown>
  expect(typesOf(content)).toEqual(['application/json', 'application/x-www-form-urlencoded'])
  expect(content['application/x-www-form-urlencoded']).toEqual(content['application/json'])
})

test('where browsers get pages, every answer with a body may be one', () => {
  const responses = {
    200: { description: 'A note.', body },
    303: { description: 'Elsewhere.', headers: { location: 'Where.' } },
    404: { description: 'None.' },
  }
  const typesOfAll = (pages: boolean) =>
    ['200', '303', '404', '503'].map((status) =>
      typesOf(at(described({ responses, pages }), 'responses', status, 'content')),
    )
  const problem = 'application/problem+json'
  expect(typesOfAll(false)).toEqual([['application/json'], [], [problem], [problem]])
  const page = 'text/html'
  expect(typesOfAll(true)).toEqual([['application/json', page], [], [problem, page], [problem, page]])
})
