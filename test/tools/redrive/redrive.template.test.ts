import { EventBus } from '../../../lib/shared/event-bus.ts'
import { Outbox } from '../../../lib/shared/outbox.ts'
import { ServiceTable } from '../../../lib/shared/service-table.ts'
import { WorkQueue } from '../../../lib/shared/work-queue.ts'
import type { Template } from '../../../tools/local-cloud/template.ts'
import { deadLettersOf } from '../../../tools/redrive/dead-letters.ts'
import { one, stackOfConstructs } from '../../support/constructs.ts'
import { ofType, STAGES } from '../../support/templates.ts'

test.each(STAGES)('in %s, every dead-letter queue can be redriven by its construct’s name', (stage) => {
  const { resources, template } = stackOfConstructs(stage, ({ stack, alarms, fn }) => {
    const table = new ServiceTable(stack, 'Things', { stage, alarms, stream: true })
    const bus = new EventBus(stack, 'Events', { stage, alarms })
    new Outbox(stack, 'Outbox', { stage, alarms, table, bus, publisher: fn('Publisher') })
    const jobs = new WorkQueue(stack, 'Jobs', { stage, alarms })
    jobs.consume(fn('Consumer'), { batchSize: 1, maxConcurrency: 2 })
    bus.rule('ToJobs', { pattern: { source: ['a'] }, target: jobs })
    bus.rule('ToFunction', { pattern: { source: ['b'] }, target: fn('Direct') })
  })
  const invoked = (id: string) =>
    one(resources, stage === 'prod' ? 'AWS::Lambda::Alias' : 'AWS::Lambda::Function', id).id
  const queue = one(resources, 'AWS::SQS::Queue', 'JobsQueue').id
  const found = deadLettersOf('Test', template.toJSON() as Template)
  expect(Object.fromEntries(found.map(({ name, origin }) => [name, origin]))).toEqual({
    'Test/Jobs': { kind: 'queue', queue },
    'Test/Events/ToJobs': { kind: 'rule-to-queue', queue },
    'Test/Events/ToFunction': { kind: 'rule-to-function', function: invoked('Direct') },
    'Test/Outbox': { kind: 'outbox', function: invoked('Publisher') },
  })
  expect(found).toHaveLength(ofType(resources, 'AWS::SQS::Queue').length - 1)
})
