import { faultsIn, withFaults } from '../../../tools/console/faults.ts'

const FAULT = { operation: 'dynamodb.GetItem', rate: 0.5, error: 'throttle' }

test('faults are read from the variable that functions read, and other variables stay', () => {
  const variables = withFaults({ TABLE_NAME: 'orders' }, [FAULT])
  expect(variables).toEqual({ TABLE_NAME: 'orders', FAULTS: JSON.stringify([FAULT]) })
  expect(faultsIn(variables)).toEqual([FAULT])
})

test('without faults there is no variable', () => {
  expect(withFaults({ TABLE_NAME: 'orders', FAULTS: '[]' }, [])).toEqual({ TABLE_NAME: 'orders' })
  expect(faultsIn({ TABLE_NAME: 'orders' })).toEqual([])
  expect(faultsIn(undefined)).toEqual([])
})
