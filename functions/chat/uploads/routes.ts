import type { Tenancy } from '../../shared/auth/principal.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { json } from '../../shared/http/response.ts'
import { validate } from '../../shared/http/validate.ts'
import { requestedAttachment, requestedRoom, requireCaller } from '../fields.ts'
import { noSuchAttachment, notCommitted } from '../problems.ts'
import type { BeginUpload } from './begin-upload.ts'
import type { OpenAttachment } from './open-attachment.ts'
import { uploadBody } from './schema.ts'

export interface UploadRoutesOptions {
  begin: BeginUpload
  open: OpenAttachment
  tenancy: Tenancy
}

/** The routes of files: their content goes to S3 and comes from there, and never through a function. */
export function uploadRoutes({ begin, open, tenancy }: UploadRoutesOptions): Record<string, HttpRoute> {
  return {
    async 'POST /v1/rooms/{id}/uploads'(request) {
      const caller = requireCaller(request, tenancy)
      const room = requestedRoom(request)
      const file = validate(uploadBody, jsonBody(request))
      const result = await begin({ ...caller, room, file }, request.signal)
      if (result.outcome === 'refused') throw notCommitted(result)
      const { attachmentId, upload } = result
      return json(201, { attachmentId, upload })
    },

    async 'GET /v1/attachments/{attachment}'(request) {
      const caller = requireCaller(request, tenancy)
      const location = await open({ ...caller, id: requestedAttachment(request) }, request.signal)
      if (location === undefined) throw noSuchAttachment()
      return { status: 302, headers: { location } }
    },
  }
}
