// tree-sitter grammar of FluentAI. "tree-sitter generate" makes src/parser.c of it; the suite "editors" sees that the two
// agree with the compiler's reader on every file of the project.

// What ends a token: the compiler's delimiters (transpiler/reader.c). They stand in a character class.
const DELIMITERS = '\\x00-\\x20\\x7f()\\[\\]{}";\'`,';
const rest = `[^${DELIMITERS}]*`;

const INTEGER = '[+-]?(0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*)';
const DECIMAL = '[+-]?([0-9][0-9_]*(\\.[0-9_]*)?|\\.[0-9][0-9_]*)([eE][+-]?[0-9][0-9_]*)?';

// Atoms carry no precedences: the longest token wins, so that 1+ and nil-safe are symbols; of two equally long ones the
// first in the rules.
module.exports = grammar({
  name: 'fluentai',

  extras: ($) => [/[ \t\n\v\f\r]/, $.comment, $.block_comment, $.discard],

  // A comma is white space in brackets, but unquote in lists and templates. The tree takes a comma that is directly
  // followed by a datum for unquote wherever it stands.
  rules: {
    source: ($) => seq(optional($.shebang), repeat($._form)),

    shebang: (_) => /#![^\n]*/,
    comment: (_) => /;[^\n]*/,
    // The tokens in it win against ; and #; which mean nothing there, as those of strings win against all comments.
    block_comment: ($) => seq(token(prec(1, '#|')), repeat(choice($.block_comment, $._block_text)), token.immediate(prec(1, '|#'))),
    _block_text: (_) => token.immediate(prec(1, choice(/[^|#]+/, '|', '#'))),
    discard: ($) => seq('#;', $._form),

    _form: ($) => choice($.list, $.bracket, $.brace, $._atom, $.quote, $.quasiquote, $.unquote, $.unquote_splicing),

    list: ($) => seq('(', repeat($._form), ')'),
    bracket: ($) => seq('[', repeat(choice($._form, $.separator)), ']'),
    brace: ($) => seq('{', repeat(choice($._form, $.separator)), '}'),
    separator: (_) => choice(token(prec(1, /,[ \t\n\v\f\r]/)), prec(-1, ',')),

    quote: ($) => seq("'", $._form),
    quasiquote: ($) => seq('`', $._form),
    unquote: ($) => seq(',', $._form),
    unquote_splicing: ($) => seq(',@', $._form),

    _atom: ($) => choice($.number, $.range, $.string, $.character, $.boolean, $.nil, $.keyword, $.symbol),

    number: (_) => token(choice(new RegExp(INTEGER), new RegExp(DECIMAL), 'inf', 'nan', /[+-](inf|nan)/)),
    range: (_) => new RegExp(`${INTEGER}\\.\\.=?${INTEGER}`),
    string: ($) => seq('"', repeat(choice($.escape, $._string_text)), token.immediate(prec(2, '"'))),
    _string_text: (_) => token.immediate(prec(2, /[^"\\]+/)),
    escape: (_) => token.immediate(prec(2, choice(/\\u\{[0-9a-fA-F]{1,6}\}/, /\\x[0-9a-fA-F]{2}/, /\\(.|\n)/))),
    character: (_) => token(choice(/#\\u\{[0-9a-fA-F]{1,6}\}/, new RegExp(`#\\\\[^${DELIMITERS}]${rest}`), /#\\[^\n\r]/)),
    boolean: (_) => token(choice('true', 'false', '#t', '#f', '#true', '#false')),
    nil: (_) => 'nil',
    keyword: (_) => new RegExp(`:[^${DELIMITERS}]${rest}`),
    symbol: (_) => new RegExp(`[^:#${DELIMITERS}]${rest}`),
  },
});
