import type { ApiOperation } from '../../shared/http/api-description.ts'
import { CODE, linkNotFound } from '../described-codes.ts'
import { MEDIA_TYPES } from './draw-qr-code.ts'
import { qrCodeQuery } from './route.ts'

export const qrCodeOperation: ApiOperation = {
  routeKey: 'GET /v1/links/{code}/qr',
  id: 'getQrCode',
  tag: 'Links',
  summary: 'Get the QR code of a link',
  description:
    'An image of the short URL, whatever the state of the link. The caller’s own cache may keep it for a day.',
  params: CODE,
  scope: 'links:read',
  query: qrCodeQuery,
  queryFields: {
    format: { description: 'The format of the image.', example: 'png' },
    size: { description: 'The width and height in pixels, from 128 to 1024.', example: '512' },
    margin: { description: 'The width of the light border in modules of the code, from 0 to 16.', example: '4' },
  },
  conditional: true,
  responses: {
    200: { description: 'The image.', files: Object.values(MEDIA_TYPES), headers: ['ETag'] },
    404: linkNotFound,
  },
}
