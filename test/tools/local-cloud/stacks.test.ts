import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withDependencies } from '../../../tools/local-cloud/assembly.ts'
import { requireStacks } from '../../../tools/local-cloud/deploy.ts'
import { deployedStacks } from '../../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../../tools/support/settings.ts'

const member = (name: string) =>
  `<member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member>`

test('stacks of others at an endpoint are not the app’s', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stackyard-stacks-'))
  const body = `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks>${member('Mine')}${member('Theirs')}</Stacks></DescribeStacksResult></DescribeStacksResponse>`
  const server = createServer((_, response) => response.setHeader('content-type', 'text/xml').end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const cloud = { ...localCloud({ STACKYARD_PORT: String(port) }), directory }
  const names = async () => (await deployedStacks(cloud)).map(({ StackName }) => StackName)

  expect(await names()).toEqual([])
  mkdirSync(join(directory, 'cdk.out'))
  const artifacts = { Mine: { type: 'aws:cloudformation:stack' }, Tree: { type: 'cdk:tree' } }
  writeFileSync(join(directory, 'cdk.out', 'manifest.json'), JSON.stringify({ artifacts }))
  expect(await names()).toEqual(['Mine'])
  server.close()
  rmSync(directory, { recursive: true })
})

test('a stack is deployed together with those that it depends on', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stackyard-stacks-'))
  const stack = (...dependencies: string[]) => ({ type: 'aws:cloudformation:stack', dependencies })
  const assets = { type: 'cdk:asset-manifest' }
  const artifacts = {
    'One.assets': assets,
    One: stack('One.assets'),
    Two: stack(),
    Link: stack('Two', 'One'),
    Other: stack(),
  }
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }))
  expect(withDependencies(directory, ['Link'])).toEqual(['One', 'Two', 'Link'])
  expect(withDependencies(directory, ['Two'])).toEqual(['Two'])
  rmSync(directory, { recursive: true })
})

test('unknown stacks are refused before the synth', () => {
  expect(() => requireStacks([])).not.toThrow()
  expect(() => requireStacks(['UrlShortener'])).not.toThrow()
  expect(() => requireStacks(['UrlShortner'])).toThrow('There is no stack "UrlShortner": the stacks are ')
  expect(() => requireStacks([''])).toThrow('There is no stack ""')
  expect(() => requireStacks(['Identity'])).toThrow('Identity is not deployed to a local cloud')
})
