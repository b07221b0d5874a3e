import { at, ofType, stackOf, stacksWith, withoutAssetHashes } from '../support/templates.ts'

const stacks = stacksWith()
const busOf = (StackName: string) => ({ 'Fn::GetStackOutput': { StackName, OutputName: 'EventBusName' } })
const stack = stackOf(stacks, 'ChatToNotification')

test('the template is the one that was reviewed', () => {
  expect(withoutAssetHashes(stack.template)).toMatchSnapshot()
})

test('messages that were missed in a chat, and no other events, reach the bus of notifications', () => {
  const [rule] = ofType(stack.resources, 'AWS::Events::Rule')
  expect(rule?.properties.EventPattern).toEqual({ 'detail-type': ['chat.message.missed'] })
  expect(rule?.properties.EventBusName).toEqual(busOf('Chat'))
  expect(at(rule?.properties.Targets, 0, 'Arn', 'Fn::Join', 1)).toContainEqual(busOf('Notification'))
})

test('neither system refers to the other, so that each is deployed alone', () => {
  const alone = ['Chat', 'Notification'].map((id) => JSON.stringify(stackOf(stacks, id).template.toJSON()))
  const referred = alone.map((json) => [...json.matchAll(/"StackName":"(\w+)"/g)].map(([, name]) => name))
  expect(new Set(referred.flat())).toEqual(new Set(['Identity']))
})
