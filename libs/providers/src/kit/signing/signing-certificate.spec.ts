import { createPrivateKey } from 'node:crypto';
import { pem } from '../../../../../test/certificates.js';
import { readSigningCertificate, rfc2253Name } from './signing-certificate.js';

it('reads a certificate as signatures refer to it', () => {
  const certificate = readSigningCertificate(pem('qseal'));
  expect(certificate).toMatchObject({
    serial: 'af3c07e',
    issuer: String.raw`CN=Test CA 1,O=Test Trust\, Ltd.,C=DE`,
    notAfter: new Date('2126-10-28T02:23:24Z'),
  });
  expect(pem('qseal').replaceAll(/-----[^-]+-----|\s/g, '')).toBe(certificate.base64);
  expect(certificate.belongsTo(createPrivateKey(pem('qseal-key')))).toBe(true);
  expect(certificate.belongsTo(createPrivateKey(pem('client-key')))).toBe(false);
});

it.each([
  ['C=DE\nO=D-Trust GmbH\nCN=D-TRUST CA 2-1 2015', 'CN=D-TRUST CA 2-1 2015,O=D-Trust GmbH,C=DE'],
  ['C=DE\nO=A\\, B\\+C\nCN=x\n', 'CN=x,O=A\\, B\\+C,C=DE'],
  ['C=DE\nO=A + OU=B', 'O=A+OU=B,C=DE'],
  ['O=A \\+ B=C', 'O=A \\+ B=C'],
])('writes %j in the order of RFC 2253', (lines, name) => expect(rfc2253Name(lines)).toBe(name));
