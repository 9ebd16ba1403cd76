import { checkText, ShapeError, type TextRule } from '../../kit/shape.js';
import type { XmlElement } from '../../kit/xml.js';

/** What may stand at one place of a sequence (`xs:element` in an `xs:sequence`). */
export interface ElementRule {
  name: string;
  /** Default 1. */
  min?: 0;
  /** Default 1. */
  max?: number;
  /** Attributes that must be there, and nothing else. */
  attributes?: readonly string[];
  content: Content;
}

/** A text, a sequence in its order, exactly one of several elements (`xs:choice`), or anything. */
export type Content =
  | { kind: 'text'; rule: TextRule }
  | { kind: 'sequence'; elements: readonly ElementRule[] }
  | { kind: 'choice'; elements: readonly ElementRule[] }
  | { kind: 'any' };

/**
 * Checks an element against its rule, with order, number, lengths and patterns.
 * @throws ShapeError naming the place as a path of element names.
 */
export function checkElement(element: XmlElement, rule: ElementRule, path = rule.name): void {
  const wanted = rule.attributes ?? [];
  const given = [...element.attributes.keys()].filter((name) => !/^xmlns\b|^xsi:/.test(name));
  const wrong = given.find((name) => !wanted.includes(name)) ?? wanted.find((name) => !given.includes(name));
  if (wrong !== undefined) {
    throw new ShapeError(path, `attribute ${wrong} is missing or has no place here`);
  }
  switch (rule.content.kind) {
    case 'text':
      checkLeaf(element, rule.content.rule, path);
      return;
    case 'sequence':
      checkSequence(element, rule.content.elements, path);
      return;
    case 'choice':
      checkChoice(element, rule.content.elements, path);
      return;
    case 'any':
      return;
  }
}

function checkLeaf(element: XmlElement, rule: TextRule, path: string): void {
  const [child] = element.children;
  if (child) {
    throw new ShapeError(`${path}/${child.name}`, 'has no place here');
  }
  checkText(element.text.trim(), path, rule);
}

function checkSequence(element: XmlElement, rules: readonly ElementRule[], path: string): void {
  assertNoText(element, path);
  let next = 0;
  for (const rule of rules) {
    let count = 0;
    for (let child = element.children[next]; child?.name === rule.name; child = element.children[next]) {
      count += 1;
      next += 1;
      checkElement(child, rule, (rule.max ?? 1) > 1 ? `${path}/${rule.name}[${count}]` : `${path}/${rule.name}`);
    }
    if (count < (rule.min ?? 1)) {
      const found = element.children[next];
      const instead = found ? `; there stands ${found.name}` : '';
      throw new ShapeError(`${path}/${rule.name}`, `is missing at its place${instead}`);
    }
    if (count > (rule.max ?? 1)) {
      throw new ShapeError(`${path}/${rule.name}`, `may stand ${rule.max ?? 1} times`);
    }
  }
  const extra = element.children[next];
  if (extra) {
    throw new ShapeError(`${path}/${extra.name}`, 'has no place here');
  }
}

function checkChoice(element: XmlElement, rules: readonly ElementRule[], path: string): void {
  assertNoText(element, path);
  const [only, ...more] = element.children;
  const rule = rules.find(({ name }) => name === only?.name);
  if (!only || !rule || more.length > 0) {
    throw new ShapeError(path, `must have exactly one of ${rules.map(({ name }) => name).join(', ')}`);
  }
  checkElement(only, rule, `${path}/${rule.name}`);
}

function assertNoText(element: XmlElement, path: string): void {
  if (element.text.trim() !== '') {
    throw new ShapeError(path, 'must not have text between its elements');
  }
}
