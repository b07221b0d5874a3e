import { Stack } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { at, nameOf, newApp, resourcesIn, STAGES, stacksWith, stringsIn } from '../support/templates.ts'

const ISSUER = { issuer: 'https://issuer.example', audience: 'web' }

const stackIds = (settings: Record<string, string>) => stacksWith(settings).map(({ id }) => id)

test('without an issuer the app brings its own, and with one it does not', () => {
  expect(stackIds({})).toContain('Identity')
  expect(stackIds(ISSUER)).toEqual(stackIds({}).filter((id) => id !== 'Identity'))
}, 60_000)

describe('synth runs the AwsSolutions rules and CloudFormation’s own', () => {
  test.each<Record<string, string>>([
    { stage: 'dev' },
    { stage: 'prod' },
    ISSUER,
    { corsOrigins: 'https://a.example' },
  ])('and finds nothing with %j', (settings) => {
    expect(() => newApp(settings).synth()).not.toThrow()
  }, 60_000)

  test('and fails on a resource that breaks one', () => {
    const app = newApp()
    new Bucket(new Stack(app, 'Careless'), 'Bucket')
    expect(() => app.synth()).toThrow(/AwsSolutions-S10/)
  }, 60_000)
})

test('every acknowledged finding says why', () => {
  const reasons = newApp()
    .node.findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === 'aws:cdk:acknowledged-rules'))
    .flatMap(({ data }) => stringsIn(data))
  expect(reasons).not.toEqual([])
  expect(reasons.filter((reason) => reason.split(' ').length < 5)).toEqual([])
})

test.each<[Record<string, string>, string]>([
  [{ stage: 'prdo' }, 'stage=prdo'],
  [{ tenancy: 'none' }, 'tenancy=none'],
  [{ publicUrl: 'go.example' }, 'publicUrl=go.example'],
  [{ issuer: 'https://issuer.example' }, '-c issuer and -c audience'],
])('the app refuses %j before it makes a stack', (settings, message) => {
  expect(() => newApp(settings)).toThrow(message)
})

test('a mistyped setting is a warning of the app, with the one that was meant', () => {
  const warnings = newApp({ publicURL: 'https://go.example' })
    .node.metadata.filter(({ type }) => type === 'aws:cdk:warning')
    .map(({ data }) => String(data))
  expect(warnings).toEqual([
    expect.stringContaining('-c publicURL is no setting, and does nothing: did you mean publicUrl?'),
  ])
})

describe.each(STAGES)('in %s', (stage) => {
  const resources = resourcesIn(stage)

  test('no resource has a physical name, so that a stack fits twice into an account', () => {
    const NAMES =
      /^(Table|Function|Role|LogGroup|Bucket|Topic|Queue|UserPool|Client|Alarm|EventBus|ManagedPolicy|StateMachine)Name$/
    const named = resources.filter(({ properties }) =>
      Object.entries(properties).some(([key, value]) => NAMES.test(key) && typeof value === 'string'),
    )
    expect(named.map(nameOf)).toEqual([])
  })

  test('no resource names an account or a region', () => {
    const bound = resources.filter(({ properties }) =>
      stringsIn(properties).some((text) => /\b\d{12}\b|\b[a-z]{2}-[a-z]+-\d\b/.test(text)),
    )
    expect(bound.map(nameOf)).toEqual([])
  })

  test('what can carry tags says which app and stage it belongs to', () => {
    const tagged = resources.filter(({ properties }) => 'Tags' in properties)
    expect(tagged).not.toEqual([])
    const wrong = tagged.filter(({ properties: { Tags } }) => {
      const tags = Array.isArray(Tags)
        ? Object.fromEntries(Tags.map((tag) => [at(tag, 'Key'), at(tag, 'Value')]))
        : Tags
      return at(tags, 'app') !== 'stackyard' || at(tags, 'stage') !== stage
    })
    expect(wrong.map(nameOf)).toEqual([])
  })
})
