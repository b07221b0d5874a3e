import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** A key and a self-signed certificate for 127.0.0.1, as PEM files. */
export interface Certificate {
  key: string
  cert: string
}

/**
 * Creates a certificate that is valid for a day with the `openssl` command, which needs no network.
 *
 * @throws Error when `openssl` is missing or fails.
 */
export function createCertificate(directory: string): Certificate {
  const key = join(directory, 'key.pem')
  const cert = join(directory, 'cert.pem')
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  try {
    execFileSync(
      'openssl',
      ['req', '-x509', ...curve, '-nodes', '-days', '1', ...names, '-keyout', key, '-out', cert],
      {
        stdio: 'pipe',
        timeout: 10_000,
      },
    )
  } catch (cause) {
    throw new Error('The benchmark needs the command "openssl" (1.1.1 or newer) for a local certificate.', { cause })
  }
  return { key, cert }
}
