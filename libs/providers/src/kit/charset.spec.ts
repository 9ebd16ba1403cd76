import { textOf } from './charset.js';

describe('the text of an answer', () => {
  const latin = Buffer.from('Müller', 'latin1');

  it.each([
    ['its media type', latin, 'text/plain; charset=ISO-8859-1'],
    ['its media type, quoted', latin, 'text/plain;Charset="iso-8859-1"'],
    ['what its bytes are', latin, 'text/plain'],
    ['what its bytes are, whatever it says', latin, 'text/plain; charset=utf-8'],
    ['UTF-8', Buffer.from('Müller'), undefined],
    ['UTF-8 for an unknown charset', Buffer.from('Müller'), 'text/plain; charset=x-unheard-of'],
    ['its byte order mark', Buffer.from('\ufeffMüller', 'utf16le'), 'text/plain'],
    ['a byte order mark that is not part of it', Buffer.from('\ufeffMüller'), undefined],
  ])('is read by %s', (_, body, contentType) => {
    expect(textOf(body, contentType)).toBe('Müller');
  });

  it('is read by its XML declaration', () => {
    const xml = '<?xml version="1.0" encoding="ISO-8859-15"?><A>10 \u00a4</A>';
    expect(textOf(Buffer.from(xml, 'latin1'), 'application/xml')).toContain('10 €');
    // RFC 7303: the media type comes first.
    expect(textOf(Buffer.from(xml, 'latin1'), 'application/xml; charset=iso-8859-1')).toContain('10 ¤');
  });

  it('can be stored', () => {
    expect(textOf(Buffer.from('a\0b'), 'text/plain')).toBe('a\u{FFFD}b');
  });
});
