import {
  at,
  nameOf,
  objectsIn,
  ofType,
  type Resource,
  referenced,
  resourcesIn,
  STAGES,
  stringsIn,
} from '../support/templates.ts'

describe.each(STAGES)('in %s', (stage) => {
  const resources = resourcesIn(stage)
  const functions = ofType(resources, 'AWS::Lambda::Function')
  const inStackOf = (fn: Resource, type: string) => ofType(resources, type).filter(({ stack }) => stack === fn.stack)

  test('there are functions to test', () => {
    expect(functions.length).toBeGreaterThanOrEqual(2)
  })

  test('every function runs on Node 24 and arm64', () => {
    const wrong = functions.filter(
      ({ properties }) => properties.Runtime !== 'nodejs24.x' || at(properties, 'Architectures', 0) !== 'arm64',
    )
    expect(wrong.map(nameOf)).toEqual([])
  })

  test('every function has a description, and explicit memory and timeout', () => {
    const wrong = functions.filter(
      ({ properties: { Description, MemorySize, Timeout } }) =>
        !Description || typeof MemorySize !== 'number' || typeof Timeout !== 'number' || Timeout > 900,
    )
    expect(wrong.map(nameOf)).toEqual([])
  })

  test('every function knows the name of its stack, which is the dimension of its metrics', () => {
    const wrong = functions.filter(
      ({ properties }) => referenced(at(properties, 'Environment', 'Variables', 'STACK_NAME')) !== 'AWS::StackName',
    )
    expect(wrong.map(nameOf)).toEqual([])
  })

  test('no function reserves concurrency', () => {
    expect(functions.filter(({ properties }) => 'ReservedConcurrentExecutions' in properties).map(nameOf)).toEqual([])
  })

  test('every function has a role of its own', () => {
    const roles = functions.map((fn) => `${fn.stack}/${referenced(fn.properties.Role)}`)
    expect(new Set(roles).size).toBe(functions.length)
    const known = ofType(resources, 'AWS::IAM::Role').map(nameOf)
    expect(known).toEqual(expect.arrayContaining(roles))
  })

  test('every function writes to a log group of its own, with retention', () => {
    const groups = functions.map((fn) => `${fn.stack}/${referenced(at(fn.properties, 'LoggingConfig', 'LogGroup'))}`)
    expect(new Set(groups).size).toBe(functions.length)
    expect(ofType(resources, 'AWS::Logs::LogGroup').map(nameOf)).toEqual(expect.arrayContaining(groups))
  })

  test('no function may write any other log', () => {
    const wrong = functions.filter((fn) => {
      const role = referenced(fn.properties.Role)
      const own = referenced(at(fn.properties, 'LoggingConfig', 'LogGroup'))
      const logged = inStackOf(fn, 'AWS::IAM::Policy')
        .filter(({ properties }) => objectsIn(properties.Roles).some((ref) => referenced(ref) === role))
        .flatMap(({ properties }) => objectsIn(properties.PolicyDocument))
        .filter(({ Action }) => stringsIn(Action).some((action) => action.startsWith('logs:')))
        .map(({ Resource }) => referenced(Resource))
      return JSON.stringify(logged) !== JSON.stringify([own])
    })
    expect(wrong.map(nameOf)).toEqual([])
  })

  test.each(['Errors', 'Throttles'])('every function has an alarm for its %s', (metric) => {
    const unwatched = functions.filter(
      (fn) =>
        !inStackOf(fn, 'AWS::CloudWatch::Alarm').some(
          ({ properties }) =>
            properties.Namespace === 'AWS/Lambda' &&
            properties.MetricName === metric &&
            properties.Statistic === 'Sum' &&
            properties.Threshold === 1 &&
            referenced(at(properties, 'Dimensions', 0, 'Value')) === fn.id,
        ),
    )
    expect(unwatched.map(nameOf)).toEqual([])
  })
})
