// Loaded into the product before anything else (--import): counts how often a PEM text is parsed. SIGUSR2 has it write the count down.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import tls from 'node:tls';

let parsed = 0;
const isPem = (value) => {
  const key = typeof value === 'object' && value !== null && 'key' in value ? value.key : value;
  return (typeof key === 'string' || Buffer.isBuffer(key)) && key.includes('-----BEGIN');
};
/** The function as it is, with a count before it where one of these arguments is a PEM text. */
const counted = (holder, name, positions) => {
  const original = holder[name];
  holder[name] = function count(...args) {
    if (positions.some((position) => isPem(args[position]))) parsed += 1;
    return Reflect.apply(original, this, args);
  };
};
counted(crypto, 'createPrivateKey', [0]);
counted(crypto, 'createPublicKey', [0]);
counted(crypto, 'sign', [2]);
counted(crypto, 'verify', [2]);
counted(crypto.Sign.prototype, 'sign', [0]);
counted(tls, 'createSecureContext', [0]);
const { X509Certificate } = crypto;
crypto.X509Certificate = class extends X509Certificate {
  constructor(text) {
    super(text);
    if (isPem(text)) parsed += 1;
  }
};
syncBuiltinESMExports();
process.on('SIGUSR2', () => fs.writeFileSync(process.env.PEM_COUNT_FILE, String(parsed)));
