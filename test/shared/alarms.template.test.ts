import { existsSync, readFileSync } from 'node:fs'
import { nameOf, objectsIn, ofType, type Resource, referenced, STAGES, stacksWith } from '../support/templates.ts'

/** Returns the anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = [...page.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

const RUNBOOKS = 'docs/runbooks.md'
const ALARMS = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm']

/** Returns the logical ids of the child alarms of a composite alarm. */
function partsOf({ properties }: Resource): string[] {
  return objectsIn(properties.AlarmRule).flatMap((node) => referenced(node) ?? [])
}

describe.each(STAGES)('in %s', (stage) => {
  const stacks = stacksWith({ stage })
  const alarms = stacks.flatMap(({ resources }) => ofType(resources, ...ALARMS))

  test('there are alarms to test', () => {
    expect(alarms).not.toEqual([])
  })

  test('every alarm goes to the topic that its stack names in the output AlarmTopic, or is part of one that does', () => {
    for (const { resources, outputs } of stacks) {
      const parts = ofType(resources, 'AWS::CloudWatch::CompositeAlarm').flatMap(partsOf)
      for (const { id, properties } of ofType(resources, ...ALARMS)) {
        expect(properties.AlarmActions).toEqual(parts.includes(id) ? undefined : [outputs.AlarmTopic])
        expect(properties.ActionsEnabled).not.toBe(false)
      }
    }
  })

  test('CloudWatch may publish to that topic, for this account only', () => {
    const topics = stacks.filter(({ outputs }) => 'AlarmTopic' in outputs)
    expect(topics).not.toEqual([])
    for (const { resources, outputs } of topics) {
      const statements = ofType(resources, 'AWS::SNS::TopicPolicy').flatMap(({ properties }) => objectsIn(properties))
      expect(statements).toContainEqual({
        Sid: 'AlarmsPublish',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: referenced(outputs.AlarmTopic) },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      })
    }
  })

  test('every alarm names a section of the runbooks, and that section exists', () => {
    const anchors = existsSync(RUNBOOKS) ? anchorsOf(readFileSync(RUNBOOKS, 'utf8')) : []
    const lost = alarms.filter(({ properties: { AlarmDescription } }) => {
      const anchor = /\. Runbook: docs\/runbooks\.md#([a-z0-9-]+)$/.exec(String(AlarmDescription))?.[1]
      return anchor === undefined || !anchors.includes(anchor)
    })
    expect(lost.map(({ properties }) => properties.AlarmDescription)).toEqual([])
  })

  test('missing data is no alarm', () => {
    const metricAlarms = alarms.filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    const loud = metricAlarms.filter(({ properties }) => properties.TreatMissingData !== 'notBreaching')
    expect(loud.map(nameOf)).toEqual([])
  })
})

test('anchors match those of GitHub', () => {
  expect(anchorsOf('# Runbooks\n\ntext\n## Function errors\n### `table-throttles`: what to do?\n')).toEqual([
    'runbooks',
    'function-errors',
    'table-throttles-what-to-do',
  ])
})
