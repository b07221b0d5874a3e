import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiDescription } from '../../functions/url-shortener/api-description.ts'
import { ROOT } from '../../tools/local-cloud/settings.ts'
import { eventDocuments, openApiDocuments } from '../../tools/openapi/write-documents.ts'
import { stacksWith } from '../support/templates.ts'

test('docs/api is what the schemas say: "npm run openapi" writes it', async () => {
  for (const [file, text] of Object.entries({ ...(await openApiDocuments()), ...(await eventDocuments()) })) {
    expect([file, readFileSync(join(ROOT, file), 'utf8')]).toEqual([file, text])
  }
})

test('the document has the routes of the stack, with their scopes, and no other', () => {
  const resources = stacksWith().find(({ id }) => id === 'UrlShortener')?.resources ?? []
  const routes = resources
    .filter(({ type }) => type === 'AWS::ApiGatewayV2::Route')
    .map(({ properties }) => [properties.RouteKey, (properties.AuthorizationScopes as string[] | undefined)?.[0]])
    .filter(([routeKey]) => routeKey !== '$default')
  const documented = apiDescription.operations.map(({ routeKey, scope }) => [routeKey, scope])
  expect(documented.sort()).toEqual(routes.sort())
})
