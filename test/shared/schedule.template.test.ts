import { Duration } from 'aws-cdk-lib'
import { Schedule } from '../../lib/shared/schedule.ts'
import { one, stackOfConstructs } from '../support/constructs.ts'
import { at, objectsIn, ofType, referenced, STAGES } from '../support/templates.ts'

describe.each(STAGES)('in %s', (stage) => {
  const { resources } = stackOfConstructs(stage, ({ stack, alarms, fn }) => {
    new Schedule(stack, 'Hourly', { stage, alarms, every: Duration.hours(1), target: fn('Worker') })
  })
  const rule = one(resources, 'AWS::Events::Rule')
  const deadLetters = one(resources, 'AWS::SQS::Queue', 'Hourly')
  const target = at(rule.properties, 'Targets', 0)
  const invoked = one(resources, stage === 'prod' ? 'AWS::Lambda::Alias' : 'AWS::Lambda::Function', 'Worker')

  test('the function is invoked periodically, and only this rule may do so', () => {
    expect(rule.properties).toMatchObject({ ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' })
    expect(referenced(at(target, 'Arn'))).toBe(invoked.id)
    const [permission, ...others] = ofType(resources, 'AWS::Lambda::Permission')
    expect(others).toEqual([])
    expect(permission?.properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [rule.id, 'Arn'] },
    })
  })

  test('a run that EventBridge can’t deliver within a period becomes a dead letter', () => {
    expect(at(target, 'RetryPolicy')).toEqual({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 })
    expect(at(target, 'DeadLetterConfig')).toEqual({ Arn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] } })
  })

  test('a failed run is retried twice, and then becomes a dead letter, which the function may send', () => {
    const { properties } = one(resources, 'AWS::Lambda::EventInvokeConfig')
    expect(properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] } } },
    })
    const allowed = ofType(resources, 'AWS::IAM::Policy')
      .flatMap((policy) => objectsIn(policy.properties.PolicyDocument))
      .filter(({ Resource }) => referenced(Resource) === deadLetters.id)
    expect(JSON.stringify(allowed)).toContain('sqs:SendMessage')
  })

  test('alarms fire for the first dead letter, and for a lost run', () => {
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').filter(({ id }) => id.startsWith('Hourly'))
    expect(alarms.map(({ properties }) => [properties.MetricName, properties.Threshold]).sort()).toEqual([
      ['ApproximateNumberOfMessagesVisible', 1],
      ['InvocationsFailedToBeSentToDlq', 1],
    ])
    const lost = alarms.find(({ properties }) => properties.MetricName === 'InvocationsFailedToBeSentToDlq')
    expect(lost?.properties.Dimensions).toEqual([{ Name: 'RuleName', Value: { Ref: rule.id } }])
  })
})
