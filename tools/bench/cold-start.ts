import { join } from 'node:path'
import { readBundle } from '../../lib/shared/function-bundles.ts'
import { table } from '../support/document.ts'
import { bundleFiles, bundleOf } from './build.ts'
import { BENCH, type ColdCase, coldCases, type Found } from './cases.ts'
import { createCertificate } from './certificate.ts'
import type { ColdSample } from './cold-sample.ts'
import { type FakeServer, startFakeServer } from './fake-server.ts'
import { LAMBDA } from './invocation.ts'
import { median, runFresh, sampleInTurns } from './measure.ts'

const ROUNDS = 31

/** A function to measure: its bundle, its event, and the environment that Lambda would give it. */
interface Subject {
  title: string
  bundle: string
  event: unknown
  environment: Record<string, string>
}

/** Measures cold starts as ratios to hello world; our function is the exact bundle that is deployed. */
export async function measureColdStarts(directory: string): Promise<string> {
  const cases = await coldCases()
  const certificate = createCertificate(directory)
  const servers: FakeServer[] = []
  try {
    for (const { case: found } of cases) servers.push(await startFakeServer(certificate, found))
    const environments = servers.map(({ url }) => ({ AWS_ENDPOINT_URL: url, NODE_EXTRA_CA_CERTS: certificate.cert }))
    const { sampler, subjects } = await buildSubjects(cases, environments, directory)
    const taken = await sampleInTurns(subjects, ROUNDS, ({ bundle, event, environment }) =>
      runFresh<ColdSample>([sampler, bundle, JSON.stringify(event)], environment),
    )
    return comparison(taken.map(({ subject, samples }) => ({ title: subject.title, ...medians(samples) })))
  } finally {
    for (const server of servers) server.stop()
  }
}

async function buildSubjects(
  cases: Found<ColdCase>[],
  environments: Record<string, string>[],
  directory: string,
): Promise<{ sampler: string; subjects: Subject[] }> {
  const [sampler, hello] = [join(BENCH, 'cold-sample.ts'), join(BENCH, 'hello.ts')]
  const filesBuilt = (way: string) =>
    cases.flatMap(({ folder, case: { others } }) =>
      others.filter(({ built }) => built === way).map(({ file }) => join(folder, file)),
    )
  const bundles = new Map([
    ...(await bundleFiles('minified', [sampler, hello, ...filesBuilt('minified')], directory)),
    ...(await bundleFiles('as usual', filesBuilt('as usual'), directory)),
  ])
  const subjects = cases.flatMap(({ folder, case: { entry, event, environment, others } }, index) => {
    const common = { event, environment: { ...LAMBDA, ...environments[index], ...environment } }
    return [
      { title: titleOf(entry), bundle: join(readBundle(entry).directory, 'index.mjs'), ...common },
      ...others.map(({ title, file }) => ({ title, bundle: bundleOf(bundles, join(folder, file)), ...common })),
    ]
  })
  const unit = { title: 'hello world', bundle: bundleOf(bundles, hello), event: {}, environment: LAMBDA }
  return { sampler: bundleOf(bundles, sampler), subjects: [unit, ...subjects] }
}

/** Turns `functions/orders/api.handler.ts` into `orders/api`. */
export function titleOf(entry: string): string {
  return entry.replace(/^functions\//, '').replace(/\.handler\.ts$/, '')
}

function medians(samples: ColdSample[]): ColdSample {
  const of = (field: keyof ColdSample) => median(samples.map((sample) => sample[field]))
  return {
    coldCpu: of('coldCpu'),
    coldMainCpu: of('coldMainCpu'),
    initWall: of('initWall'),
    firstWall: of('firstWall'),
    warmCpu: of('warmCpu'),
  }
}

const HEADER = [
  'function',
  'cold start CPU',
  'of the main thread',
  'cold start, wall',
  'first request, ms',
  'warm CPU, ms',
]

/** Builds a row for each function; the first one is the unit of the ratios. */
function comparison(results: (ColdSample & { title: string })[]): string {
  const [hello] = results
  if (!hello) throw new Error('Hello world has no sample.')
  const wall = ({ initWall, firstWall }: ColdSample) => initWall + firstWall
  const ratio = (value: number, unit: number) => `${(value / unit).toFixed(2)} x`
  const rows = results.map((sample) => [
    sample.title,
    ratio(sample.coldCpu, hello.coldCpu),
    ratio(sample.coldMainCpu, hello.coldMainCpu),
    ratio(wall(sample), wall(hello)),
    sample.firstWall.toFixed(1),
    sample.warmCpu.toFixed(2),
  ])
  return table(HEADER, rows)
}
