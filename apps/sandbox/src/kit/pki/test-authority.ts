import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from './x509.js';
import { QC_STATEMENTS, encodeQcStatements, type Psd2Role } from './qc-statements.js';

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;
const DAY_MS = 86_400_000;

/** A certificate with its key, in PEM. */
export interface IssuedCertificate {
  certificate: string;
  privateKey: string;
}

export interface CertificateOrder {
  /** `qseal` signs requests, `qwac` is for TLS, `server` is the sandbox's own. */
  purpose: 'qseal' | 'qwac' | 'server';
  commonName: string;
  /** 2.5.4.97, such as `PSDDE-BAFIN-123456`; who the TPP is. */
  organisationIdentifier?: string | undefined;
  roles: readonly Psd2Role[];
  notBefore: Date;
  notAfter: Date;
}

/**
 * A trust service provider of the sandbox: makes test certificates at run time, so that none lies in a repository or
 * expires there. Its keys live in memory.
 */
export class TestAuthority {
  private made: Promise<{ keys: webcrypto.CryptoKeyPair; certificate: x509.X509Certificate }> | undefined;

  /** Its own certificate, in PEM: the trust anchor. */
  async certificate(): Promise<string> {
    return (await this.self()).certificate.toString('pem');
  }

  async issue(order: CertificateOrder): Promise<IssuedCertificate> {
    const { keys: issuerKeys, certificate: issuer } = await this.self();
    const keys = await newKeys();
    const { purpose, organisationIdentifier } = order;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject: [
        { C: ['DE'] },
        { O: [order.commonName] },
        ...(organisationIdentifier === undefined ? [] : [{ '2.5.4.97': [organisationIdentifier] }]),
        { CN: [order.commonName] },
      ],
      issuer: issuer.subjectName,
      notBefore: order.notBefore,
      notAfter: order.notAfter,
      signingAlgorithm: ALGORITHM,
      signingKey: issuerKeys.privateKey,
      publicKey: keys.publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(KEY_USAGES[purpose], true),
        ...(purpose === 'qseal' ? [] : [new x509.ExtendedKeyUsageExtension([EXTENDED_KEY_USAGES[purpose]])]),
        ...(purpose === 'server' ? [new x509.SubjectAlternativeNameExtension(SERVER_NAMES)] : []),
        ...(order.roles.length === 0
          ? []
          : [new x509.Extension(QC_STATEMENTS, false, encodeQcStatements(order.roles))]),
      ],
    });
    const exported = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return {
      certificate: certificate.toString('pem'),
      privateKey: x509.PemConverter.encode(exported, x509.PemConverter.PrivateKeyTag),
    };
  }

  private async self(): Promise<{ keys: webcrypto.CryptoKeyPair; certificate: x509.X509Certificate }> {
    this.made ??= makeAuthority();
    return this.made;
  }
}

const KEY_USAGES = {
  qseal: x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation,
  qwac: x509.KeyUsageFlags.digitalSignature,
  server: x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
} as const;
const EXTENDED_KEY_USAGES = {
  qwac: x509.ExtendedKeyUsage.clientAuth,
  server: x509.ExtendedKeyUsage.serverAuth,
} as const;
const SERVER_NAMES: x509.JsonGeneralNames = [
  { type: 'dns', value: 'localhost' },
  // The service in docker-compose.yml.
  { type: 'dns', value: 'sandbox' },
  { type: 'ip', value: '127.0.0.1' },
];

/** Its name has a comma, because those of real authorities have. */
async function makeAuthority(): Promise<{ keys: webcrypto.CryptoKeyPair; certificate: x509.X509Certificate }> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ C: ['DE'] }, { O: ['Sandbox Trust Services, Ltd'] }, { CN: ['Sandbox Test CA 1'] }],
    notBefore: new Date(Date.now() - 365 * DAY_MS),
    notAfter: new Date(Date.now() + 3650 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { keys, certificate };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** Positive, with a leading zero in its hex form now and then, as real ones have. */
function serial(): string {
  return `0${randomBytes(15).toString('hex')}`;
}
