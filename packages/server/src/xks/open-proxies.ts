import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CannotStart } from '../base/cannot-start.ts'
import type { XksSettings } from './xks-proxies.ts'

/** How proxies are reached, with certificates still in their file. */
type Wanted = Omit<XksSettings, 'trusted'> & { readonly trustedFile: string | undefined }

/** How proxies are reached, certificates read. @throws CannotStart for certificates that cannot be read */
export async function readProxySettings({ trustedFile, ...settings }: Wanted): Promise<XksSettings> {
  return trustedFile === undefined ? settings : { ...settings, trusted: await readCertificates(trustedFile) }
}

/** OpenSSL passes over what is no certificate; whoever named the wrong file would learn it from a proxy that is not trusted. */
async function readCertificates(path: string): Promise<string> {
  try {
    const pem = await readFile(path, 'utf8')
    new X509Certificate(pem)
    return pem
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    const reason = code === '' || code.startsWith('ERR_OSSL') ? 'it holds no certificate in PEM' : code
    throw new CannotStart(`the certificates in ${path} cannot be read (${reason})`, { cause })
  }
}
