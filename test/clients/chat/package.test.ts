import { builtClient } from '../../support/client-package.ts'

const { manifest, exported } = builtClient('chat')

test('the package has no dependency', () => {
  expect(manifest).not.toHaveProperty('dependencies')
  expect(manifest).not.toHaveProperty('peerDependencies')
})

test('it is built without the types of Node, and plain Node runs every entry', () => {
  expect(exported).toEqual([
    'createChatClient',
    'createRoomView',
    'uploadFile',
    'ChatProblem,ChatUnavailable,CommitFailed',
    '',
    '',
  ])
})
