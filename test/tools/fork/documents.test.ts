import { adaptPage, keepRunbooks } from '../../../tools/fork/documents.ts'

const adapt = (text: string, files: string[], others: string[] = []) =>
  adaptPage('docs/page.md', text, { files: new Set(files), others })

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
