import { withSection } from '../../../tools/support/page-sections.ts'

const section = (mark: string) => ({ file: 'docs/page.md', mark })

test('a section of a page is replaced, and the rest stays', () => {
  const page = 'a\n<!-- cost:x -->\nold\n<!-- /cost:x -->\nb\n'
  expect(withSection(page, section('cost:x'), 'new\n')).toBe('a\n<!-- cost:x -->\nnew\n<!-- /cost:x -->\nb\n')
})

test.each([
  'none',
  '<!-- /x -->\n<!-- x -->',
])('a page without the section is an error with the names of both: %j', (page) => {
  expect(() => withSection(page, section('x'), 'new')).toThrow('docs/page.md has no section <!-- x -->')
})
