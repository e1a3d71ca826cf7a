// tree-sitter grammar of FluentAI. "tree-sitter generate" makes the parser of it.
module.exports = grammar({
  name: 'fluentai',

  extras: ($) => [/[\s\uFEFF]/, $.comment, $.block_comment, $.discard],

  // A comma is white space in brackets, and unquote in lists and templates; the tree does not tell the two apart.
  rules: {
    source: ($) => seq(optional($.shebang), repeat($._form)),

    shebang: (_) => token(prec(2, /#![^\n]*/)),
    comment: (_) => token(/;[^\n]*/),
    block_comment: (_) => token(seq('#|', /([^|]|\|+[^|#])*\|+#/)),
    discard: ($) => seq('#;', $._form),

    _form: ($) => choice($.list, $.bracket, $.brace, $._atom, $.quote, $.quasiquote, $.unquote, $.unquote_splicing),

    list: ($) => seq('(', repeat($._form), ')'),
    bracket: ($) => seq('[', repeat(choice($._form, $.separator)), ']'),
    brace: ($) => seq('{', repeat(choice($._form, $.separator)), '}'),
    separator: (_) => token(prec(1, /,\s/)),

    quote: ($) => seq("'", $._form),
    quasiquote: ($) => seq('`', $._form),
    unquote: ($) => seq(',', $._form),
    unquote_splicing: ($) => seq(',@', $._form),

    _atom: ($) => choice($.number, $.string, $.character, $.boolean, $.nil, $.keyword, $.symbol),

    number: (_) =>
      token(prec(2, choice(/[+-]?0x[0-9a-fA-F_]+/, /[+-]?0b[01_]+/, /[+-]?[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?/,
        /[+-]?(inf|nan)/))),
    string: ($) => seq('"', repeat(choice($.escape, token.immediate(prec(1, /[^"\\]+/)))), token.immediate('"')),
    escape: (_) => token.immediate(choice(/\\u\{[0-9a-fA-F]{1,6}\}/, /\\x[0-9a-fA-F]{2}/, /\\(.|\n)/)),
    character: (_) => token(prec(2, choice(/#\\u\{[0-9a-fA-F]+\}/, /#\\[^\s()\[\]{}";'`,]+/, /#\\[^\s]/))),
    boolean: (_) => token(prec(2, choice('true', 'false', '#t', '#f'))),
    nil: (_) => token(prec(2, 'nil')),
    keyword: (_) => token(prec(1, /:[^\s()\[\]{}";'`,]+/)),
    symbol: (_) => token(/[^\s()\[\]{}";'`,:#][^\s()\[\]{}";'`,]*/),
  },
});
