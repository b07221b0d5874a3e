import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { signToken } from '../local-cloud/issuer.ts'
import type { Outputs } from '../local-cloud/outputs.ts'
import { pascalCase } from '../support/case.ts'
import { run } from '../support/processes.ts'
import { pythonPackages } from '../support/python-packages.ts'
import { type LocalCloud, ROOT } from '../support/settings.ts'
import type { Counts } from './jest.ts'

const FOLDER = join(import.meta.dirname, 'schemathesis')
const REQUIREMENTS = join(FOLDER, 'requirements.txt')
const CONFIG = join(FOLDER, 'schemathesis.toml')

/** The same requests each time, and few enough for some seconds a system. */
const BOUNDED = ['--phases', 'coverage,fuzzing', '--max-examples', '20', '--generation-deterministic']

/**
 * All checks (no 5xx, and no status, header or body that the document doesn't describe) except one: not everything that
 * matches a schema is accepted, because the rules for a link's target can't be expressed in a schema.
 */
const CHECKS = ['--checks', 'all', '--exclude-checks', 'positive_data_acceptance']

/** Fuzzes the API of each system with Schemathesis by its OpenAPI document; a document counts as a test. */
export async function fuzzApis(cloud: LocalCloud, outputs: Outputs): Promise<Counts> {
  const { python, env } = await pythonPackages(REQUIREMENTS)
  const counts: Counts = { passed: 0, failed: 0 }
  for (const document of globSync(join(ROOT, 'docs/api/*.openapi.json'))) {
    const url = outputs.stacks[pascalCase(basename(document, '.openapi.json'))]?.apiUrl ?? ''
    const token = await signToken(cloud, { sub: 'fuzzer', tenant: 'fuzzed', scope: scopesIn(document) })
    const target = ['--url', url, '--header', `Authorization: Bearer ${token}`]
    const status = await run(
      python,
      [
        '-m',
        'schemathesis.cli',
        '--config-file',
        CONFIG,
        'run',
        document,
        ...target,
        ...BOUNDED,
        ...CHECKS,
        '--no-color',
      ],
      { cwd: cloud.directory, env: { ...process.env, ...env } },
    )
    counts[status === 0 ? 'passed' : 'failed'] += 1
  }
  return counts
}

/** Lists all scopes that the routes of a document require, separated by spaces. */
function scopesIn(document: string): string {
  const { paths }: OpenApi = JSON.parse(readFileSync(document, 'utf8'))
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  return [...new Set(operations.flatMap(({ security }) => security.flatMap(({ token = [] }) => token)))].join(' ')
}

interface OpenApi {
  paths: Record<string, Record<string, { security: { token?: string[] }[] }>>
}
