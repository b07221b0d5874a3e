import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORRECTIONS } from '../../tools/local-cloud/corrections.ts'
import { localCloud, ROOT } from '../../tools/local-cloud/settings.ts'
import type { Template } from '../../tools/local-cloud/template.ts'

const cloud = localCloud({ STACKYARD_PORT: '4570' })

test('api-endpoint makes every use of an API’s endpoint a URL of this machine, and touches nothing else', () => {
  const endpoint = { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }
  const template = {
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { API_URL: endpoint, TABLE: { 'Fn::GetAtt': ['Table', 'Arn'] } } } },
      },
    },
    Outputs: { ApiUrl: { Value: { 'Fn::Join': ['', [endpoint, '/x']] } } },
  }
  const original = structuredClone(template)
  const local = { 'Fn::Join': ['', ['http://127.0.0.1:4570/_aws/execute-api/', { Ref: 'Api' }]] }
  const correct = CORRECTIONS.find(({ name }) => name === 'api-endpoint')?.template
  expect(correct?.(template as Template, cloud)).toEqual({
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { API_URL: local, TABLE: { 'Fn::GetAtt': ['Table', 'Arn'] } } } },
      },
    },
    Outputs: { ApiUrl: { Value: { 'Fn::Join': ['', [local, '/x']] } } },
  })
  expect(template).toEqual(original)
})

test('docs/local-cloud.md lists every correction with the engine it was seen in, and no other', () => {
  const page = readFileSync(join(ROOT, 'docs/local-cloud.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \|/gm)].map(([, name, engine]) => [name, engine])
  expect(rows).toEqual(CORRECTIONS.map(({ name, engine }) => [name, engine]))
})

test('every correction is seen in the engine that is pinned, or it was not looked at when the version changed', () => {
  const pinned = /^ministack==(.+)$/m.exec(readFileSync(join(ROOT, 'tools/local-cloud/requirements.txt'), 'utf8'))?.[1]
  expect(new Set(CORRECTIONS.map(({ engine }) => engine))).toEqual(new Set([`ministack ${pinned}`]))
})
