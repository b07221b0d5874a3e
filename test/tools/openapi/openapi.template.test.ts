import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ApiDescription } from '../../../functions/shared/http/api-description.ts'
import { apiDocuments } from '../../../tools/openapi/write-documents.ts'
import { pascalCase } from '../../../tools/support/case.ts'
import { ROOT } from '../../../tools/support/settings.ts'
import { ofType, stackOf, stacksWith } from '../../support/templates.ts'

const stacks = stacksWith()
const described = globSync('functions/*/api-description.ts', { cwd: ROOT }).map((file) => ({
  file: join(ROOT, file),
  stack: pascalCase(basename(dirname(file))),
}))

test('docs/api matches the schemas; if not, run "npm run openapi"', async () => {
  for (const [file, text] of Object.entries(await apiDocuments())) {
    expect([file, readFileSync(join(ROOT, file), 'utf8')]).toEqual([file, text])
  }
})

test('every HTTP API is described', () => {
  const withApi = stacks.filter(({ resources }) =>
    ofType(resources, 'AWS::ApiGatewayV2::Api').some(({ properties }) => properties.ProtocolType === 'HTTP'),
  )
  expect(described.map(({ stack }) => stack).sort()).toEqual(withApi.map(({ id }) => id).sort())
})

test.each(described)('the document of $stack has the routes of the stack, with their scopes, and no others', async ({
  file,
  stack,
}) => {
  const routes = ofType(stackOf(stacks, stack).resources, 'AWS::ApiGatewayV2::Route')
    .map(({ properties }) => [
      properties.RouteKey,
      spelledWithColon(properties.AuthorizationScopes as string[] | undefined),
    ])
    // `$default`, and the routes of a WebSocket API, have no path.
    .filter(([routeKey]) => !String(routeKey).startsWith('$'))
  const { apiDescription }: { apiDescription: ApiDescription } = await import(file)
  const documented = apiDescription.operations.map(({ routeKey, scope }) => [routeKey, scope && [scope].flat()])
  expect(documented.sort()).toEqual(routes.sort())
})

/** Leaves out the second spelling of each scope, as in `links/write`. */
function spelledWithColon(scopes: readonly string[] | undefined): string[] | undefined {
  return scopes?.filter((_, index) => index % 2 === 0)
}
