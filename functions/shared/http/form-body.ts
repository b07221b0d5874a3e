import { checkSize, type HttpRequest, jsonBody, MAX_BODY_BYTES, mediaTypeOf } from './request.ts'
import { singleValues } from './single-values.ts'

/** What browsers send of a form without files, always in UTF-8 (WHATWG HTML, "url-encoded form data"). */
const FORM = 'application/x-www-form-urlencoded'

/**
 * Reads what the form of a page sends, or a program as JSON: the media type tells. A form's fields are texts.
 *
 * @throws HttpProblem as `jsonBody`, and 422 `invalid-input` with each field that is given twice.
 */
export function formOrJsonBody(request: HttpRequest, maxBytes: number = MAX_BODY_BYTES): unknown {
  if (mediaTypeOf(request) !== FORM) return jsonBody(request, maxBytes)
  checkSize(request, maxBytes)
  return singleValues(request.body.toString('utf8'))
}
