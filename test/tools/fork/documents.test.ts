import { adaptPage, keepRunbooks } from '../../../tools/fork/documents.ts'

const adapt = (text: string, files: string[], others: string[] = []) =>
  adaptPage('docs/page.md', text, { files: new Set(files), others, system: 'orders' })

test('links to files that the fork lacks become text; others stay', () => {
  const page = '[a](modules/a.md#x), [b](../b.md), [all](modules/), [web](https://example.com), [top](#top)'
  expect(adapt(page, ['docs/modules/a.md'])).toBe(
    '[a](modules/a.md#x), b, [all](modules/), [web](https://example.com), [top](#top)',
  )
})

test('rows and items about other systems, missing files, or forks are removed', () => {
  const page = `| file | what |
|---|---|
| \`http/handler.ts\`, \`request.ts\` | requests |
| \`queue/batch.ts\` | batches |
| \`Chat\` | a stack |
| \`npm run fork\` | forks |
| \`npm test -- --all-forks\` | tests forks |
- of chat
- of links, in
  two lines
Text about chat stays, for a person to fix: see chat.`
  expect(adapt(page, ['functions/shared/http/request.ts'], ['chat'])).toBe(`| file | what |
|---|---|
| \`http/handler.ts\`, \`request.ts\` | requests |
- of links, in
  two lines
Text about chat stays, for a person to fix: see chat.`)
})

test('runbooks of alarms that the fork does not have are removed', () => {
  const page = '# Runbooks\n\nAll.\n\n## one-alarm\n\nDo.\n\n## two-alarm\n\nDo.\n'
  expect(keepRunbooks(page, ["runbook: 'two-alarm'"])).toBe('# Runbooks\n\nAll.\n\n## two-alarm\n\nDo.\n')
})

test('paragraphs about other systems go, with the table below their title in bold; markers of commands stay', () => {
  const page =
    'All.\n\nAs in `chat`.\n\n<!-- cost -->\n**Chat**\n\n| a |\n|---|\n| 1 |\n<!-- /cost -->\n\n**Orders**\n\n| b |'
  expect(adapt(page, [], ['chat'])).toBe('All.\n\n<!-- cost -->\n\n<!-- /cost -->\n\n**Orders**\n\n| b |')
})

test('commands that take any stack name the fork’s', () => {
  const page = '```sh\nnpx cdk deploy Chat\n\nnpx cdk diff Chat\n```'
  expect(adapt(page, [], ['chat'])).toBe('```sh\nnpx cdk deploy Orders\n\nnpx cdk diff Orders\n```')
})
