import { Stack } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { namedStacks } from '../../tools/local-cloud/deploy.ts'
import { at, nameOf, newApp, resourcesIn, STAGES, stacksWith, stringsIn } from '../support/templates.ts'

const ISSUER = { issuer: 'https://issuer.example', audience: 'web' }

const stackIds = (settings: Record<string, string>) => stacksWith(settings).map(({ id }) => id)

test('the app creates an issuer only if none is given', () => {
  expect(stackIds({})).toContain('Identity')
  expect(stackIds(ISSUER)).toEqual(stackIds({}).filter((id) => id !== 'Identity'))
}, 60_000)

test('the names by which stacks are deployed are those of the app', () => {
  expect(namedStacks()).toEqual(stackIds({}).sort())
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

  test('and fails on a resource that violates one', () => {
    const app = newApp()
    new Bucket(new Stack(app, 'Careless'), 'Bucket')
    expect(() => app.synth()).toThrow(/AwsSolutions-S10/)
  }, 60_000)
})

test('every suppressed finding has a reason', () => {
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
])('the app refuses %j before it creates a stack', (settings, message) => {
  expect(() => newApp(settings)).toThrow(message)
})

test('the app warns of a mistyped setting, and suggests the nearest one', () => {
  const warnings = newApp({ publicURL: 'https://go.example' })
    .node.metadata.filter(({ type }) => type === 'aws:cdk:warning')
    .map(({ data }) => String(data))
  expect(warnings).toEqual([
    expect.stringContaining('-c publicURL is not a setting, and has no effect: did you mean publicUrl?'),
  ])
})

describe.each(STAGES)('in %s', (stage) => {
  const resources = resourcesIn(stage)

  test('no resource has a physical name, so that two copies of a stack fit into an account', () => {
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

  test('every taggable resource has tags with its app and stage', () => {
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
