import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pascalCase } from '../../../tools/support/case.ts'
import { ROOT } from '../../../tools/support/settings.ts'
import { at, objectsIn, ofType, type Resource, STAGES, stacksWith, textOf } from '../../support/templates.ts'

/** Each is a series that costs $0.30 a month. */
const MOST = 10

/** Names in a list as it is written, `...OTHERS` that the file imports included. */
async function namesIn(list: string, file: string): Promise<string[]> {
  const elements = list.replace(/^\[|\]$/g, '').split(',')
  const names = elements.map(async (element) => {
    const [, literal] = /^'(\w+)'$/.exec(element.trim()) ?? []
    if (literal) return [literal]
    const identifier = element.trim().replace(/^\.{3}/, '')
    const source = readFileSync(file, 'utf8')
    const [, own] = new RegExp(`const ${identifier} = (\\[[^\\]]*\\])`).exec(source) ?? []
    if (own) return namesIn(own, file)
    const [, path] = new RegExp(`import \\{[^}]*\\b${identifier}\\b[^}]*\\} from '([^']+)'`).exec(source) ?? []
    if (!path) throw new Error(`${file}: ${element} is no name in quotes, and no list of this file or an import.`)
    const imported: string[] | undefined = (await import(join(dirname(file), path)))[identifier]
    if (!imported) throw new Error(`${file}: ${path} exports no ${identifier}: is it imported under another name?`)
    return imported
  })
  return (await Promise.all(names)).flat()
}

/** The series that a file's functions count, as in `Stackyard/Orders/OrderPaid`. */
async function seriesIn(file: string): Promise<string[]> {
  const source = readFileSync(file, 'utf8')
  const calls = [
    ...source.matchAll(/metricsOfEnvironment\(\{\s*namespace: '([^']+)',\s*names(?:: (\[[^\]]*\]|\w+))? \}/g),
  ]
  if (calls.length !== source.split('metricsOfEnvironment(').length - 1) {
    throw new Error(`${file}: metricsOfEnvironment takes a namespace in quotes, then names that can be read here.`)
  }
  const lists = calls.map(async ([, namespace, names = 'names']) =>
    (await namesIn(names, file)).map((name) => `${namespace}/${name}`),
  )
  return (await Promise.all(lists)).flat()
}

/** The metrics of each stack's functions. */
async function countedSeries(): Promise<Map<string, Set<string>>> {
  const counted = new Map<string, Set<string>>()
  for (const file of globSync('functions/*/*.handler.ts', { cwd: ROOT })) {
    const stack = pascalCase(basename(dirname(file)))
    counted.set(stack, (counted.get(stack) ?? new Set()).union(new Set(await seriesIn(join(ROOT, file)))))
  }
  return counted
}

/** The series that alarms and dashboards name, and that AWS does not make. */
function ownSeries(resources: Resource[]): string[] {
  const named = ofType(resources, 'AWS::CloudWatch::Alarm')
    .flatMap(({ properties }) => objectsIn(properties))
    .flatMap(({ Namespace, MetricName }) => (MetricName ? `${Namespace}/${MetricName}` : []))
  const shown = JSON.stringify(ofType(resources, 'AWS::CloudWatch::Dashboard').map(({ properties }) => properties))
  const drawn = [...shown.matchAll(/\[\\*"([A-Za-z/]+)\\*",\\*"(\w+)\\*"/g)].map(
    ([, space, name]) => `${space}/${name}`,
  )
  return [...named, ...drawn].filter((series) => !series.startsWith('AWS/'))
}

/** The dimensions under which alarms and dashboards ask for the metrics that AWS does not make. */
function ownDimensions(resources: Resource[]): unknown[] {
  const isOwn = (namespace: unknown) => typeof namespace === 'string' && !namespace.startsWith('AWS/')
  const watched = ofType(resources, 'AWS::CloudWatch::Alarm')
    .flatMap(({ properties }) => objectsIn(properties))
    .filter(({ Namespace, MetricName }) => MetricName !== undefined && isOwn(Namespace))
    .map(({ Dimensions }) => objectsIn(Dimensions).flatMap(({ Name, Value }) => (Name ? [Name, textOf(Value)] : [])))
  const drawn = ofType(resources, 'AWS::CloudWatch::Dashboard')
    .flatMap(({ properties }) => JSON.parse(textOf(properties.DashboardBody)).widgets)
    .flatMap((widget): unknown[][] => (at(widget, 'properties', 'metrics') as unknown[][] | undefined) ?? [])
    .filter(([namespace]) => isOwn(namespace))
    .map(([, , ...cells]) => cells.filter((cell) => typeof cell === 'string'))
  return [...watched, ...drawn]
}

const counted = await countedSeries()

test('there are functions that count', () => {
  expect([...counted.values()].some((series) => series.size > 0)).toBe(true)
})

test('only handlers name metrics: elsewhere they could not be counted here', () => {
  const callers = globSync('functions/*/*.ts', { cwd: ROOT, exclude: ['functions/*/*.handler.ts'] }).filter((file) =>
    readFileSync(join(ROOT, file), 'utf8').includes('metricsOfEnvironment('),
  )
  expect(callers).toEqual([])
})

describe.each(STAGES)('in %s', (stage) => {
  const stacks = stacksWith({ stage })

  test('no stack has more than ten metrics of its own', () => {
    for (const { id, resources } of stacks) {
      const series = new Set([...(counted.get(id) ?? []), ...ownSeries(resources)])
      const filters = ofType(resources, 'AWS::Logs::MetricFilter').length
      expect([id, [...series].slice(MOST - filters)]).toEqual([id, []])
    }
  })

  test('alarms and dashboards look at what their own stack counts, and not at a copy of it in the same account', () => {
    const dimensions = stacks.flatMap(({ resources }) => ownDimensions(resources))
    const others = dimensions.filter((dimension) => String(dimension) !== 'stack,<AWS::StackName>')
    expect(others).toEqual([])
    // A stack may show none of its own metrics.
    const shown = stacks.flatMap(({ resources }) => ownSeries(resources))
    expect(dimensions.length > 0).toBe(shown.length > 0)
  })

  test('what alarms and dashboards look at is counted by a function of their stack', () => {
    for (const { id, resources } of stacks) {
      const unknown = ownSeries(resources).filter((series) => !counted.get(id)?.has(series))
      expect([id, unknown]).toEqual([id, []])
    }
  })
})
