import { requirePrincipal, type Tenancy } from '../../shared/auth/principal.ts'
import { etag, preconditions, stale } from '../../shared/http/conditions.ts'
import type { Cursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { type HttpRequest, jsonBody } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import { singleValues } from '../../shared/http/single-values.ts'
import { validate } from '../../shared/http/validate.ts'
import type { Documents } from '../documents.ts'
import type { CategoryDefinition } from '../domain/category.ts'
import type { Document, DocumentId } from '../domain/document.ts'
import { existingName, MANAGE, newName } from '../fields.ts'
import { notFound } from '../problems.ts'
import { categoryBody, categoryView, listCategoriesQuery, toDefinition } from './schema.ts'

/** Reads a page of a tenant's categories by name; `after` is the last name of the page before. */
export type ListCategories = (
  query: { tenant: string; after: string | undefined; limit: number },
  signal: AbortSignal,
) => Promise<{ categories: readonly NamedCategory[]; next?: string }>

export interface NamedCategory extends Document<CategoryDefinition> {
  readonly name: string
}

export interface CategoryRoutesOptions {
  documents: Documents
  list: ListCategories
  cursors: Cursors
  tenancy: Tenancy
}

/** The routes of categories. */
export function categoryRoutes({
  documents,
  list,
  cursors,
  tenancy,
}: CategoryRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'GET /v1/categories'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const { limit, cursor } = validate(listCategoriesQuery, singleValues(request.rawQuery))
      const scope = { tenant, query: { list: 'categories' } }
      const position = cursor === undefined ? undefined : await cursors.open(cursor, scope, request.signal)
      const after = position && String(position.name)
      const { categories, next } = await list({ tenant, limit, after }, request.signal)
      return json(200, {
        items: categories.map((each) => categoryView(each.name, each)),
        nextCursor:
          next === undefined ? null : await cursors.seal({ ...scope, position: { name: next } }, request.signal),
      })
    },

    async 'GET /v1/categories/{name}'(request) {
      const id = requestedCategory(request, tenancy)
      const category = await documents.read<CategoryDefinition>(id, request.signal)
      if (!category) throw noSuchCategory()
      return answer(200, id.name, category)
    },

    async 'PUT /v1/categories/{name}'(request) {
      const { tenant } = requirePrincipal(request, MANAGE, tenancy)
      const body = validate(categoryBody, jsonBody(request))
      const name = newName(request, 'name', body.name)
      const id = { tenant, kind: 'category', name } as const
      const change = { id, value: toDefinition(body), conditions: preconditions(request) }
      const result = await documents.put(change, request.signal)
      if (result.outcome === 'stale') throw stale()
      return answer(result.outcome === 'created' ? 201 : 200, name, result.document)
    },

    async 'DELETE /v1/categories/{name}'(request): Promise<HttpResponse> {
      const id = requestedCategory(request, tenancy)
      const outcome = await documents.remove({ id, conditions: preconditions(request) }, request.signal)
      if (outcome === 'not-found') throw noSuchCategory()
      if (outcome === 'stale') throw stale()
      return { status: 204 }
    },
  }
}

function requestedCategory(request: HttpRequest, tenancy: Tenancy): Extract<DocumentId, { kind: 'category' }> {
  const { tenant } = requirePrincipal(request, MANAGE, tenancy)
  return { tenant, kind: 'category', name: existingName(request, 'name', noSuchCategory) }
}

function answer(status: number, name: string, category: Document<CategoryDefinition>): HttpResponse {
  return json(status, categoryView(name, category), { etag: etag(category.version) })
}

function noSuchCategory() {
  return notFound('There is no category with this name.')
}
