import { builtClient } from '../../support/client-package.ts'

const { manifest, exported } = builtClient('inbox')

test('the package has no dependency', () => {
  expect(manifest).not.toHaveProperty('dependencies')
  expect(manifest).not.toHaveProperty('peerDependencies')
})

test('it is built without the types of Node, and plain Node runs every entry, though it has no elements', () => {
  expect(exported).toEqual(['ELEMENT_NAME', 'StackyardInbox', 'createInboxClient', 'InboxProblem,InboxUnavailable', ''])
})
