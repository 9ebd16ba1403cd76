import fc from 'fast-check';
import { MalformedAnswer } from './json.js';
import { parseXml } from './xml.js';

describe('an XML document', () => {
  it('is read by local names, with attributes and decoded texts', () => {
    const root = parseXml(
      '<?xml version="1.0"?><b:Doc xmlns:b="urn:x"><b:A Ccy="EUR"> 1.10 </b:A><!-- no --><b:A><B>M&#252;ller &amp; S&#xF6;hne</B></b:A></b:Doc>',
    );
    expect(root.name).toBe('Doc');
    expect(root.all('A').map(({ text }) => text)).toEqual(['1.10', undefined]);
    expect(root.at('A')?.attribute('Ccy')).toBe('EUR');
    expect(root.at('A', 'B')).toBeUndefined();
    expect(root.all('A')[1]?.at('B')?.text).toBe('Müller & Söhne');
    expect(root.children.map(({ name }) => name)).toEqual(['A', 'A']);
  });

  it('keeps numbers as they were written', () => {
    expect(parseXml('<A>0012.50</A>').text).toBe('0012.50');
    expect(parseXml('<A>99999999999999999999.10</A>').text).toBe('99999999999999999999.10');
  });

  it('may have a lone &, a CDATA section, a byte order mark', () => {
    expect(parseXml('\ufeff<A>Fish & Chips<![CDATA[ <b> & ]]>x</A>').text).toBe('Fish & Chips <b> & x');
  });

  it.each([
    ['nothing', ''],
    ['no markup', 'junk'],
    ['an unclosed tag', '<A><B>x</A>'],
    ['half a document', '<A><B>x</B>'],
    ['two roots', '<A/><B/>'],
    ['a name that is none', '<A><__proto__>1</__proto__></A>'],
  ])('is not %s', (_, xml) => {
    expect(() => parseXml(xml)).toThrow(MalformedAnswer);
  });

  it('grows nothing out of a DOCTYPE', () => {
    // Negative control: with the parser's own decoder `&x;` becomes what the DOCTYPE says.
    const declared = '<!DOCTYPE a [<!ENTITY x "lolololol"><!ENTITY y "&x;&x;">]>';
    expect(parseXml(`${declared}<A>&x;&y;</A>`).text).toBe('&x;&y;');
    expect(() => parseXml('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><A>&x;</A>')).toThrow(MalformedAnswer);
    expect(parseXml('<A>&#0;&#xD800;&#x110000;&auml;</A>').text).toBe('\u{FFFD}\u{FFFD}&#x110000;&auml;');
    expect(parseXml('<A><![CDATA[&amp;]]></A>').text).toBe('&amp;');
    expect(parseXml(`<A>${'&amp;'.repeat(200_000)}</A>`).text).toHaveLength(200_000);
  });

  it('never throws anything else', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '<A>',
      '</A>',
      '<B x="1">',
      '</B>',
      '&',
      '&#1;',
      ']]>',
      '<![CDATA[',
      '<!--',
      '<?',
      'x',
      '"',
      '<!DOCTYPE',
      '[',
      '<!ENTITY',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        try {
          parseXml(`<A>${pieces.join('')}</A>`, ['B']);
        } catch (error) {
          if (!(error instanceof MalformedAnswer)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an opaque element', () => {
  const broken = '<A><E>ok</E><n:E a="1"><X>1</Y></n:E><E><![CDATA[</E>]]></E><E/></A>';

  it('is kept as it was written, whatever is in it', () => {
    expect(
      parseXml(broken, ['E'])
        .all('E')
        .map(({ source }) => source),
    ).toEqual(['ok', '<X>1</Y>', '<![CDATA[</E>]]>', '']);
    // The same document is none where nothing is opaque.
    expect(() => parseXml(broken)).toThrow(MalformedAnswer);
  });

  it('does not hide that the document around it is cut off', () => {
    expect(() => parseXml(broken.slice(0, -4), ['E'])).toThrow(MalformedAnswer);
    expect(() => parseXml('<A><E>x</E><E>cut', ['E'])).toThrow(MalformedAnswer);
    expect(() => parseXml('<A><E>x</E><F></A>', ['E'])).toThrow(MalformedAnswer);
  });
});
