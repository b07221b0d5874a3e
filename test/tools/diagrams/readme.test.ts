import { withDiagram } from '../../../tools/diagrams/readme.ts'
import { UserError } from '../../../tools/support/user-error.ts'

test('only the picture changes, and drawing it twice changes nothing', () => {
  const text = '# X\n\n<!-- diagram -->\nold\n<!-- /diagram -->\n\n```mermaid\nmine\n```\n'
  const once = withDiagram('README.md', text, 'flowchart LR\n  A --> B')
  expect(once).toBe(
    '# X\n\n<!-- diagram -->\n\n```mermaid\nflowchart LR\n  A --> B\n```\n\n<!-- /diagram -->\n\n```mermaid\nmine\n```\n',
  )
  expect(withDiagram('README.md', once, 'flowchart LR\n  A --> B')).toBe(once)
})

test.each([
  '# X',
  '# X\n<!-- diagram -->',
  '<!-- /diagram -->\n<!-- diagram -->',
])('a README without a place for the picture is reported by name: %j', (text) => {
  const draw = () => withDiagram('lib/x/README.md', text, 'flowchart LR')
  expect(draw).toThrow(UserError)
  expect(draw).toThrow('lib/x/README.md has no place')
})
