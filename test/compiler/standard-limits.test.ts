// Hostile expressions in the profile `standard`: names of prototypes, code as text, depth, size, work. Each is refused with a
// diagnostic, in little time, and nothing outside the checker is touched.

import { describe, expect, it } from 'vitest';
import { visit } from '#src/compiler/ir.js';
import { check } from './check-standard.js';

const codes = (text: string): string[] => [...new Set(check(text).faults.map((fault) => fault.slice(0, 5)))];

describe('prototypes', () => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__defineGetter__',
    'isPrototypeOf',
  ];

  it.each(names)('%s is no name', (name) => {
    expect(codes(name)).toEqual(['V3201']);
    expect(codes(`${name}()`)).toEqual(['V3500']);
  });

  it.each(names)('%s is no member', (name) => {
    expect(codes(`card?.${name}`)).toEqual(['V3202']);
    expect(codes(`limits.${name}`)).toEqual(['V3214']);
    expect(codes(`lists.${name}`)).toEqual(['V3214']);
    expect(codes(`items.some(i => i.${name} === 1)`)).toEqual(['V3202']);
    for (const value of ['s', 'n', 'tags', 'at', 'amount', '"a"', '(1)', '[n]', 'now']) {
      expect(codes(`${value}.${name}`)[0]).toMatch(/^V3(203|500)$/);
      expect(codes(`${value}.${name}("x")`)).toEqual(['V3500']);
    }
    expect(codes(`Math.${name}`)).toEqual(['V3210']);
    expect(codes(`Math.${name}()`)).toEqual(['V3500']);
    expect(codes(`matches.${name}`)).toEqual(['V3210']);
  });

  it.each(names)('%s is a parameter like any other', (name) => {
    expect(check(`tags.some(${name} => ${name} === "x")`).faults).toEqual([]);
  });
});

// The inputs that evaluators of expressions have fallen to.
describe('attacks', () => {
  it.each([
    ['Object=constructor;a=Object.fromEntries([["a","x"]]);Object.assign(__proto__,a)', ['V3161', 'V3114']],
    ['s.valueOf()', ['V3500']],
    ['s.toJSON()', ['V3500']],
    ['constructor.constructor("return process")()', ['V3500']],
    ['s.constructor.constructor("return process")()', ['V3500']],
    ['tags.filter(t2 => t2.constructor.constructor("return process")())', ['V3500']],
    ['__proto__.polluted = 1', ['V3114']],
    ['card.__proto__.polluted', ['V3204', 'V3202']],
    ['({})["__proto__"]["__defineGetter__"]("toString", n)', ['V3115', 'V3103']],
    ['{"__proto__": {"admin": true}}', ['V3103', 'V3104']],
    ['[{"constructor": {"prototype": {}}}].length', ['V3103', 'V3104']],
    ['eval("1")', ['V3500']],
    ['Function("return this")()', ['V3500']],
    ['new Function("return this")()', ['V3118']],
    ['this.constructor', ['V3101']],
    ['globalThis.process', ['V3201']],
    ['process.exit(1)', ['V3201']],
    ['require("fs")', ['V3500']],
    ['import("fs")', ['V3126']],
    ['s`x`', ['V3123']],
    ['s.replace(/(a+)+$/, n)', ['V3140', 'V3500']],
    ['(() => n)()', ['V3500']],
    ['(function () { return this })()', ['V3105', 'V3162', 'V3166', 'V3101', 'V3500']],
    ['tags.map(constructor)', ['V3201']],
    ['tags.some(x => (y => y)(x))', ['V3500']],
  ])('%s', (text, expected) => {
    expect(codes(text).sort()).toEqual([...expected].sort());
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('depth and size', () => {
  const nest = (count: number, before: string, middle: string, after: string): string =>
    `${before.repeat(count)}${middle}${after.repeat(count)}`;
  const loops = (count: number): string => {
    let body = 'true';
    for (let depth = count; depth > 0; depth--) body = `tags.some(t_${depth} => ${body})`;
    return body;
  };
  const reduces = (count: number): string => {
    let body = `a${count} + i${count}.price`;
    for (let depth = count; depth > 0; depth--) {
      body = `items.reduce((a${depth}, i${depth}) => ${body}, ${depth === 1 ? '0' : `a${depth - 1}`})`;
    }
    return body;
  };

  it.each([
    ['array literals', nest(5000, '[', 'n', ']'), ['V5002']],
    ['array literals within the parser', nest(200, '[', 'n', ']'), ['V3322']],
    ['array literals beyond text', '['.repeat(200_000), ['V5001']],
    ['conditionals', nest(2000, 'flag?', 'n', ':m'), ['V5002']],
    ['a chain of conditionals', `${'flag?n:'.repeat(2000)}m`, ['V5002']],
    ['calls', nest(1500, 'Math.abs(', 'n', ')'), ['V5002']],
    ['a chain of calls', `s${'.trim()'.repeat(2000)}`, ['V5002']],
    ['a chain of `?.`', `card${'?.holder'.repeat(1500)}`, ['V5002']],
    ['a chain of `??`', `maybe${'??maybe'.repeat(1500)}`, []],
    ['templates', nest(3000, '`${', 's', '}`'), ['V5002']],
    ['arrow functions', nest(3000, 'x=>', 'n', ''), ['V5002']],
    ['operands', `n${'+1'.repeat(8000)} > 1`, ['V5003']],
    ['operands within the text', `[${'1,'.repeat(5000)}1].includes(n)`, ['V5003']],
    ['source', 'a'.repeat(10_000_000), ['V5001']],
    ['loops', loops(8), []],
    ['one loop more', loops(9), ['V5040']],
    ['elements that repeat one another', `[${'1,'.repeat(99)}1].some(a => [${'1,'.repeat(99)}1].some(b => a === b))`, ['V5041']],
    ['reduces', reduces(3), []],
    ['reduces that are checked over and over', reduces(8), ['V5042']],
  ])('%s', (_, text, expected) => {
    expect(codes(text).sort()).toEqual(expected);
  });

  it('comparing what may be null on both sides does not double with each level', () => {
    let text = 'maybe';
    for (let depth = 0; depth < 30; depth++) text = `(flag ? null : note?.length === ${text} ? n : null)`;
    const { ir, faults } = check(`${text} === 1`);
    expect([...new Set(faults.map((fault) => fault.slice(0, 5)))].filter((code) => code !== 'V3324')).toEqual([]);
    let nodes = 0;
    visit(ir, () => nodes++);
    expect(nodes).toBeLessThan(100_000);
  });
});
