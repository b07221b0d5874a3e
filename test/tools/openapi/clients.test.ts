import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ROOT } from '../../../tools/support/settings.ts'

const systems = globSync('docs/api/*.openapi.json', { cwd: ROOT }).map((file) => basename(file, '.openapi.json'))

test.each(systems)('a client that is made from the document of %s goes a journey', (system) => {
  const file = join(ROOT, 'test', system, 'client.e2e.test.ts')
  const source = existsSync(file) ? readFileSync(file, 'utf8') : 'There is no such test.'
  expect(source).toContain(`from '../../docs/api/${system}.d.ts'`)
  expect(source).toContain('createClient<paths>')
})

test('there are documents', () => {
  expect(systems).not.toEqual([])
})
