import { lintDocument } from '../../../tools/openapi/lint-document.ts'
import { openApiDocuments } from '../../../tools/openapi/write-documents.ts'

const documents = Object.entries(await openApiDocuments())

test.each(documents)('%s follows the recommended rules of Spectral and Redocly', async (_, text) => {
  expect(await lintDocument(text)).toEqual([])
})

test('each linter reports an example that doesn’t match its schema', async () => {
  const [, text = ''] = documents[0] ?? []
  const { paths } = JSON.parse(text)
  const [path] = Object.keys(paths).filter((each) => paths[each].get?.responses[200]?.content?.['application/json'])
  paths[path ?? ''].get.responses[200].content['application/json'].example = 'no object'
  const findings = await lintDocument(JSON.stringify({ ...JSON.parse(text), paths }))
  expect(findings).toContainEqual(expect.stringMatching(/^spectral oas3-valid-media-example/))
  expect(findings).toContainEqual(expect.stringMatching(/^redocly no-invalid-media-type-examples/))
})
