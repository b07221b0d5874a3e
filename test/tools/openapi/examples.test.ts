import { globSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { ApiDescription } from '../../../functions/shared/http/api-description.ts'
import { ROOT } from '../../../tools/support/settings.ts'

// The linters compare examples with JSON Schemas; this test uses the schemas that validate, which are stricter.

const described = await Promise.all(
  globSync('functions/*/api-description.ts', { cwd: ROOT }).map(async (file) => {
    const { apiDescription }: { apiDescription: ApiDescription } = await import(join(ROOT, file))
    return apiDescription
  }),
)
const operations = described.flatMap((api) => api.operations.map((operation) => ({ ...operation, api: api.title })))

test.each(operations)('$id ($api) has examples that pass its validation', (operation) => {
  const { params = {}, query, queryFields = {}, body, example, responses } = operation
  for (const [name, parameter] of Object.entries(params)) {
    expect({ [name]: parameter.example }).toEqual({ [name]: expect.stringMatching(new RegExp(parameter.pattern, 'u')) })
  }
  if (query)
    z.parse(query, Object.fromEntries(Object.entries(queryFields).map(([name, field]) => [name, field.example])))
  if (body) z.parse(body, example)
  for (const answer of Object.values(responses)) {
    if ('body' in answer && answer.body) z.parse(answer.body, answer.example)
  }
})
