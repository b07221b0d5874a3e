import { describeFault, FAULT_KINDS, type FaultKind, toFault } from '../../../console/faults/fault-kinds.ts'
import { parseFaults } from '../../../functions/shared/resilience/parse-faults.ts'

const kinds = Object.keys(FAULT_KINDS) as FaultKind[]

test.each(kinds)('functions understand the fault %s, and its description says what was chosen', (kind) => {
  const fault = toFault({ operation: 'dynamodb.GetItem', kind, percent: 25 })
  expect(parseFaults(JSON.stringify([fault]))).toEqual([fault])
  expect(describeFault(fault)).toBe(`25 % of dynamodb.GetItem: ${FAULT_KINDS[kind].title}`)
})

test('a fault that somebody else set is described, too', () => {
  expect(describeFault({ operation: 'sqs.SendMessage', rate: 1, latencyMs: 50 })).toBe(
    '100 % of sqs.SendMessage: slow, by 50 ms',
  )
})
