import type * as z from 'zod/mini'
import type { ApiAnswer, ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { policyNameParameter, policyNotFound } from '../fields.ts'
import {
  listPoliciesQuery,
  overrideAnswer,
  overrideBody,
  overrideQuery,
  parentReference,
  policyAnswer,
  policyBody,
  policyPage,
} from './schema.ts'

const fields = {
  limit: 'What a subject may use in each window, how many tokens refill in `windowMs`, or how many slots there are.',
  windowMs: 'The length of the window, aligned to the Unix epoch. Instead of `calendar`.',
  calendar: 'A window of the calendar, in UTC. Instead of `windowMs`; not for token buckets.',
  burst: 'How many tokens a bucket holds; the limit, if it is left out.',
  onError:
    'What decides when the table does not answer in time: everybody, nobody, or a tenth of the limit in each environment.',
  mode: '`shadow` counts and denies nobody; `off` does nothing.',
  allow: 'Subjects that are not limited: exact, `prefix*` or a network.',
  deny: 'Subjects that never pass, allowed ones too.',
  blockMs: 'For how long a denial blocks the subject. Denials meanwhile don’t prolong it.',
  parent: 'Another policy, by which the subject’s parent is charged, too.',
  shards: 'In how many items a counter is split, for subjects with more than 1,000 decisions a second.',
}

export const policySchemas: Record<string, NamedSchema> = {
  Policy: { schema: policyAnswer, description: 'A policy.', fields },
  PolicyDefinition: {
    schema: policyBody,
    description:
      'A policy to make. A field that is `null` counts as left out; `name`, `version` and `updatedAt` may be sent back as they were read.',
    fields,
  },
  ParentPolicy: {
    schema: parentReference,
    description: 'The policy above, and what its subject is.',
    fields: {
      subjectPrefix:
        'A subject that starts with it is charged without its last `:part`, as in `org:7:user` of `org:7:user:3`. Any other is charged as the prefix itself.',
    },
  },
  PolicyPage: {
    schema: policyPage,
    description: 'A part of a list. It may hold fewer policies than asked for, even none, and still have a next one.',
    fields: { nextCursor: 'The `cursor` of the next page; `null` on the last.' },
  },
  NewOverride: { schema: overrideBody, description: 'A limit of one subject’s own.' },
  Override: { schema: overrideAnswer, description: 'A limit of one subject’s own.' },
}

const policy: z.infer<typeof policyAnswer> = {
  name: 'writes',
  algorithm: 'sliding-window',
  limit: 100,
  windowMs: 60_000,
  calendar: null,
  burst: null,
  onError: 'closed',
  mode: 'enforce',
  allow: ['10.0.0.0/8'],
  deny: [],
  blockMs: null,
  parent: null,
  shards: null,
  version: 'q8Ls3nC0Zt4e',
  updatedAt: '2026-03-12T19:03:58.005Z',
}
const definition = { algorithm: 'sliding-window', limit: 100, windowMs: 60_000, allow: ['10.0.0.0/8'] }
const override = { subject: 'user:3', policy: 'writes', limit: 500, burst: null }

const answer = (description: string): ApiAnswer => ({
  description,
  body: policyAnswer,
  example: policy,
  headers: ['ETag'],
})
const named = { tag: 'Policies', params: policyNameParameter, scope: 'limits:admin', conditional: true }

const ofPolicies: readonly ApiOperation[] = [
  {
    routeKey: 'GET /v1/policies',
    id: 'listPolicies',
    tag: 'Policies',
    summary: 'List the policies of the tenant, by name',
    description: 'Ask again with `nextCursor` until it is `null`: a page may be empty, and not the last.',
    scope: 'limits:admin',
    query: listPoliciesQuery,
    responses: {
      200: { description: 'A page of policies.', body: policyPage, example: { items: [policy], nextCursor: null } },
    },
  },
  {
    ...named,
    routeKey: 'GET /v1/policies/{name}',
    id: 'getPolicy',
    summary: 'Get a policy',
    description: 'As it is now; checks follow within 10 seconds.',
    responses: { 200: answer('The policy.'), 404: policyNotFound },
  },
  {
    ...named,
    routeKey: 'PUT /v1/policies/{name}',
    id: 'putPolicy',
    summary: 'Make or replace a policy',
    description:
      'It is live everywhere within 10 seconds. What subjects used stays counted. Without If-Match the last write wins. A change that changes nothing keeps the ETag.',
    body: policyBody,
    example: definition,
    responses: { 200: answer('The replaced policy.'), 201: answer('The new policy.') },
  },
  {
    ...named,
    routeKey: 'DELETE /v1/policies/{name}',
    id: 'deletePolicy',
    summary: 'Delete a policy',
    description:
      'With the limits that subjects have of their own under it. Checks that name it are refused within 10 seconds.',
    responses: {
      204: { description: 'The policy is deleted.' },
      404: policyNotFound,
      409: {
        description: 'Other policies name this one as their parent: change or delete them first.',
        codes: ['policy-in-use'],
      },
    },
  },
]

const ofOverrides: readonly ApiOperation[] = [
  {
    routeKey: 'PUT /v1/overrides',
    id: 'putOverride',
    tag: 'Policies',
    summary: 'Give a subject its own limit',
    description: 'Instead of the policy’s, within 10 seconds. A policy has a thousand of them at most.',
    scope: 'limits:admin',
    body: overrideBody,
    example: { subject: 'user:3', policy: 'writes', limit: 500 },
    onlyIfAbsent: true,
    responses: {
      200: { description: 'The replaced limit.', body: overrideAnswer, example: override },
      201: { description: 'The new limit.', body: overrideAnswer, example: override },
      409: { description: 'The policy has a thousand limits of subjects’ own.', codes: ['too-many-overrides'] },
      422: { description: 'The tenant has no policy with this name.', codes: ['unknown-policy'] },
    },
  },
  {
    routeKey: 'DELETE /v1/overrides',
    id: 'deleteOverride',
    tag: 'Policies',
    summary: 'Take the limit back that a subject has of its own',
    description: 'The subject has the policy’s limit again within 10 seconds.',
    scope: 'limits:admin',
    query: overrideQuery,
    queryFields: {
      subject: { description: 'The subject.', example: 'user:3' },
      policy: { description: 'The name of the policy.', example: 'writes' },
    },
    responses: {
      204: { description: 'The subject has no limit of its own there.' },
      404: { description: 'The subject has no limit of its own there.', codes: ['not-found'] },
    },
  },
]

export const policyOperations: readonly ApiOperation[] = [...ofPolicies, ...ofOverrides]
