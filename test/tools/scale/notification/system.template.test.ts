import { measuredUse } from '../../../../tools/scale/measured-units.ts'
import { A_CHANGE, WORKERS } from '../../../../tools/scale/notification/system.ts'
import { consumerOf } from '../consumers.ts'

test('a change of a channel takes the units that were measured for a cancel, without the limit of the tenant', () => {
  expect(measuredUse('Notification').get('cancels it')?.write).toBe(A_CHANGE + 1)
})

test('the model has the workers of the stack', () => {
  expect(consumerOf('Notification', 'DeliverNormal')).toEqual(WORKERS)
})
