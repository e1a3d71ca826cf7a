#include <tree_sitter/parser.h>

#if defined(__GNUC__) || defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif

#define LANGUAGE_VERSION 14
#define STATE_COUNT 102
#define LARGE_STATE_COUNT 39
#define SYMBOL_COUNT 47
#define ALIAS_COUNT 0
#define TOKEN_COUNT 29
#define EXTERNAL_TOKEN_COUNT 0
#define FIELD_COUNT 0
#define MAX_ALIAS_SEQUENCE_LENGTH 3
#define PRODUCTION_ID_COUNT 1

enum {
  sym_shebang = 1,
  sym_comment = 2,
  anon_sym_POUND_PIPE = 3,
  anon_sym_PIPE_POUND = 4,
  sym__block_text = 5,
  anon_sym_POUND_SEMI = 6,
  anon_sym_LPAREN = 7,
  anon_sym_RPAREN = 8,
  anon_sym_LBRACK = 9,
  anon_sym_RBRACK = 10,
  anon_sym_LBRACE = 11,
  anon_sym_RBRACE = 12,
  aux_sym_separator_token1 = 13,
  anon_sym_COMMA = 14,
  anon_sym_SQUOTE = 15,
  anon_sym_BQUOTE = 16,
  anon_sym_COMMA_AT = 17,
  sym_number = 18,
  sym_range = 19,
  anon_sym_DQUOTE = 20,
  anon_sym_DQUOTE2 = 21,
  sym__string_text = 22,
  sym_escape = 23,
  sym_character = 24,
  sym_boolean = 25,
  sym_nil = 26,
  sym_keyword = 27,
  sym_symbol = 28,
  sym_source = 29,
  sym_block_comment = 30,
  sym_discard = 31,
  sym__form = 32,
  sym_list = 33,
  sym_bracket = 34,
  sym_brace = 35,
  sym_separator = 36,
  sym_quote = 37,
  sym_quasiquote = 38,
  sym_unquote = 39,
  sym_unquote_splicing = 40,
  sym__atom = 41,
  sym_string = 42,
  aux_sym_source_repeat1 = 43,
  aux_sym_block_comment_repeat1 = 44,
  aux_sym_bracket_repeat1 = 45,
  aux_sym_string_repeat1 = 46,
};

static const char * const ts_symbol_names[] = {
  [ts_builtin_sym_end] = "end",
  [sym_shebang] = "shebang",
  [sym_comment] = "comment",
  [anon_sym_POUND_PIPE] = "#|",
  [anon_sym_PIPE_POUND] = "|#",
  [sym__block_text] = "_block_text",
  [anon_sym_POUND_SEMI] = "#;",
  [anon_sym_LPAREN] = "(",
  [anon_sym_RPAREN] = ")",
  [anon_sym_LBRACK] = "[",
  [anon_sym_RBRACK] = "]",
  [anon_sym_LBRACE] = "{",
  [anon_sym_RBRACE] = "}",
  [aux_sym_separator_token1] = "separator_token1",
  [anon_sym_COMMA] = ",",
  [anon_sym_SQUOTE] = "'",
  [anon_sym_BQUOTE] = "`",
  [anon_sym_COMMA_AT] = ",@",
  [sym_number] = "number",
  [sym_range] = "range",
  [anon_sym_DQUOTE] = "\"",
  [anon_sym_DQUOTE2] = "\"",
  [sym__string_text] = "_string_text",
  [sym_escape] = "escape",
  [sym_character] = "character",
  [sym_boolean] = "boolean",
  [sym_nil] = "nil",
  [sym_keyword] = "keyword",
  [sym_symbol] = "symbol",
  [sym_source] = "source",
  [sym_block_comment] = "block_comment",
  [sym_discard] = "discard",
  [sym__form] = "_form",
  [sym_list] = "list",
  [sym_bracket] = "bracket",
  [sym_brace] = "brace",
  [sym_separator] = "separator",
  [sym_quote] = "quote",
  [sym_quasiquote] = "quasiquote",
  [sym_unquote] = "unquote",
  [sym_unquote_splicing] = "unquote_splicing",
  [sym__atom] = "_atom",
  [sym_string] = "string",
  [aux_sym_source_repeat1] = "source_repeat1",
  [aux_sym_block_comment_repeat1] = "block_comment_repeat1",
  [aux_sym_bracket_repeat1] = "bracket_repeat1",
  [aux_sym_string_repeat1] = "string_repeat1",
};

static const TSSymbol ts_symbol_map[] = {
  [ts_builtin_sym_end] = ts_builtin_sym_end,
  [sym_shebang] = sym_shebang,
  [sym_comment] = sym_comment,
  [anon_sym_POUND_PIPE] = anon_sym_POUND_PIPE,
  [anon_sym_PIPE_POUND] = anon_sym_PIPE_POUND,
  [sym__block_text] = sym__block_text,
  [anon_sym_POUND_SEMI] = anon_sym_POUND_SEMI,
  [anon_sym_LPAREN] = anon_sym_LPAREN,
  [anon_sym_RPAREN] = anon_sym_RPAREN,
  [anon_sym_LBRACK] = anon_sym_LBRACK,
  [anon_sym_RBRACK] = anon_sym_RBRACK,
  [anon_sym_LBRACE] = anon_sym_LBRACE,
  [anon_sym_RBRACE] = anon_sym_RBRACE,
  [aux_sym_separator_token1] = aux_sym_separator_token1,
  [anon_sym_COMMA] = anon_sym_COMMA,
  [anon_sym_SQUOTE] = anon_sym_SQUOTE,
  [anon_sym_BQUOTE] = anon_sym_BQUOTE,
  [anon_sym_COMMA_AT] = anon_sym_COMMA_AT,
  [sym_number] = sym_number,
  [sym_range] = sym_range,
  [anon_sym_DQUOTE] = anon_sym_DQUOTE,
  [anon_sym_DQUOTE2] = anon_sym_DQUOTE,
  [sym__string_text] = sym__string_text,
  [sym_escape] = sym_escape,
  [sym_character] = sym_character,
  [sym_boolean] = sym_boolean,
  [sym_nil] = sym_nil,
  [sym_keyword] = sym_keyword,
  [sym_symbol] = sym_symbol,
  [sym_source] = sym_source,
  [sym_block_comment] = sym_block_comment,
  [sym_discard] = sym_discard,
  [sym__form] = sym__form,
  [sym_list] = sym_list,
  [sym_bracket] = sym_bracket,
  [sym_brace] = sym_brace,
  [sym_separator] = sym_separator,
  [sym_quote] = sym_quote,
  [sym_quasiquote] = sym_quasiquote,
  [sym_unquote] = sym_unquote,
  [sym_unquote_splicing] = sym_unquote_splicing,
  [sym__atom] = sym__atom,
  [sym_string] = sym_string,
  [aux_sym_source_repeat1] = aux_sym_source_repeat1,
  [aux_sym_block_comment_repeat1] = aux_sym_block_comment_repeat1,
  [aux_sym_bracket_repeat1] = aux_sym_bracket_repeat1,
  [aux_sym_string_repeat1] = aux_sym_string_repeat1,
};

static const TSSymbolMetadata ts_symbol_metadata[] = {
  [ts_builtin_sym_end] = {
    .visible = false,
    .named = true,
  },
  [sym_shebang] = {
    .visible = true,
    .named = true,
  },
  [sym_comment] = {
    .visible = true,
    .named = true,
  },
  [anon_sym_POUND_PIPE] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_PIPE_POUND] = {
    .visible = true,
    .named = false,
  },
  [sym__block_text] = {
    .visible = false,
    .named = true,
  },
  [anon_sym_POUND_SEMI] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_LPAREN] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_RPAREN] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_LBRACK] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_RBRACK] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_LBRACE] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_RBRACE] = {
    .visible = true,
    .named = false,
  },
  [aux_sym_separator_token1] = {
    .visible = false,
    .named = false,
  },
  [anon_sym_COMMA] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_SQUOTE] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_BQUOTE] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_COMMA_AT] = {
    .visible = true,
    .named = false,
  },
  [sym_number] = {
    .visible = true,
    .named = true,
  },
  [sym_range] = {
    .visible = true,
    .named = true,
  },
  [anon_sym_DQUOTE] = {
    .visible = true,
    .named = false,
  },
  [anon_sym_DQUOTE2] = {
    .visible = true,
    .named = false,
  },
  [sym__string_text] = {
    .visible = false,
    .named = true,
  },
  [sym_escape] = {
    .visible = true,
    .named = true,
  },
  [sym_character] = {
    .visible = true,
    .named = true,
  },
  [sym_boolean] = {
    .visible = true,
    .named = true,
  },
  [sym_nil] = {
    .visible = true,
    .named = true,
  },
  [sym_keyword] = {
    .visible = true,
    .named = true,
  },
  [sym_symbol] = {
    .visible = true,
    .named = true,
  },
  [sym_source] = {
    .visible = true,
    .named = true,
  },
  [sym_block_comment] = {
    .visible = true,
    .named = true,
  },
  [sym_discard] = {
    .visible = true,
    .named = true,
  },
  [sym__form] = {
    .visible = false,
    .named = true,
  },
  [sym_list] = {
    .visible = true,
    .named = true,
  },
  [sym_bracket] = {
    .visible = true,
    .named = true,
  },
  [sym_brace] = {
    .visible = true,
    .named = true,
  },
  [sym_separator] = {
    .visible = true,
    .named = true,
  },
  [sym_quote] = {
    .visible = true,
    .named = true,
  },
  [sym_quasiquote] = {
    .visible = true,
    .named = true,
  },
  [sym_unquote] = {
    .visible = true,
    .named = true,
  },
  [sym_unquote_splicing] = {
    .visible = true,
    .named = true,
  },
  [sym__atom] = {
    .visible = false,
    .named = true,
  },
  [sym_string] = {
    .visible = true,
    .named = true,
  },
  [aux_sym_source_repeat1] = {
    .visible = false,
    .named = false,
  },
  [aux_sym_block_comment_repeat1] = {
    .visible = false,
    .named = false,
  },
  [aux_sym_bracket_repeat1] = {
    .visible = false,
    .named = false,
  },
  [aux_sym_string_repeat1] = {
    .visible = false,
    .named = false,
  },
};

static const TSSymbol ts_alias_sequences[PRODUCTION_ID_COUNT][MAX_ALIAS_SEQUENCE_LENGTH] = {
  [0] = {0},
};

static const uint16_t ts_non_terminal_alias_map[] = {
  0,
};

static const TSStateId ts_primary_state_ids[STATE_COUNT] = {
  [0] = 0,
  [1] = 1,
  [2] = 2,
  [3] = 3,
  [4] = 4,
  [5] = 5,
  [6] = 6,
  [7] = 5,
  [8] = 3,
  [9] = 6,
  [10] = 4,
  [11] = 5,
  [12] = 3,
  [13] = 4,
  [14] = 6,
  [15] = 15,
  [16] = 16,
  [17] = 17,
  [18] = 18,
  [19] = 19,
  [20] = 20,
  [21] = 21,
  [22] = 20,
  [23] = 20,
  [24] = 19,
  [25] = 19,
  [26] = 26,
  [27] = 27,
  [28] = 28,
  [29] = 29,
  [30] = 29,
  [31] = 31,
  [32] = 27,
  [33] = 26,
  [34] = 31,
  [35] = 29,
  [36] = 31,
  [37] = 27,
  [38] = 26,
  [39] = 39,
  [40] = 40,
  [41] = 41,
  [42] = 42,
  [43] = 43,
  [44] = 44,
  [45] = 45,
  [46] = 46,
  [47] = 47,
  [48] = 48,
  [49] = 49,
  [50] = 50,
  [51] = 51,
  [52] = 52,
  [53] = 53,
  [54] = 54,
  [55] = 53,
  [56] = 56,
  [57] = 45,
  [58] = 46,
  [59] = 47,
  [60] = 48,
  [61] = 49,
  [62] = 50,
  [63] = 42,
  [64] = 51,
  [65] = 44,
  [66] = 40,
  [67] = 52,
  [68] = 41,
  [69] = 43,
  [70] = 70,
  [71] = 70,
  [72] = 72,
  [73] = 70,
  [74] = 74,
  [75] = 74,
  [76] = 74,
  [77] = 77,
  [78] = 78,
  [79] = 78,
  [80] = 80,
  [81] = 81,
  [82] = 77,
  [83] = 83,
  [84] = 84,
  [85] = 85,
  [86] = 86,
  [87] = 45,
  [88] = 46,
  [89] = 47,
  [90] = 43,
  [91] = 44,
  [92] = 49,
  [93] = 48,
  [94] = 50,
  [95] = 51,
  [96] = 40,
  [97] = 52,
  [98] = 83,
  [99] = 99,
  [100] = 85,
  [101] = 42,
};

static inline bool sym_character_character_set_1(int32_t c) {
  return (c < ';'
    ? (c < '"'
      ? (c < 11
        ? (c >= 0 && c <= '\t')
        : (c <= '\f' || (c >= 14 && c <= ' ')))
      : (c <= '"' || (c < ','
        ? (c >= '\'' && c <= ')')
        : c <= ',')))
    : (c <= ';' || (c < '{'
      ? (c < ']'
        ? c == '['
        : (c <= ']' || c == '`'))
      : (c <= '{' || (c < 127
        ? c == '}'
        : c <= 127)))));
}

static inline bool sym_character_character_set_2(int32_t c) {
  return (c < ';'
    ? (c < '"'
      ? (c < 0
        ? c == 0
        : c <= ' ')
      : (c <= '"' || (c < ','
        ? (c >= '\'' && c <= ')')
        : c <= ',')))
    : (c <= ';' || (c < '`'
      ? (c < ']'
        ? c == '['
        : c <= ']')
      : (c <= '`' || (c < 127
        ? c == '}'
        : c <= 127)))));
}

static inline bool sym_keyword_character_set_1(int32_t c) {
  return (c < '['
    ? (c < '\''
      ? (c < 0
        ? c == 0
        : (c <= ' ' || c == '"'))
      : (c <= ')' || (c < ';'
        ? c == ','
        : c <= ';')))
    : (c <= '[' || (c < '{'
      ? (c < '`'
        ? c == ']'
        : c <= '`')
      : (c <= '{' || (c < 127
        ? c == '}'
        : c <= 127)))));
}

static bool ts_lex(TSLexer *lexer, TSStateId state) {
  START_LEXER();
  eof = lexer->eof(lexer);
  switch (state) {
    case 0:
      if (eof) ADVANCE(30);
      if (lookahead == '"') ADVANCE(66);
      if (lookahead == '#') ADVANCE(1);
      if (lookahead == '\'') ADVANCE(50);
      if (lookahead == '(') ADVANCE(41);
      if (lookahead == ')') ADVANCE(42);
      if (lookahead == ',') ADVANCE(49);
      if (lookahead == '.') ADVANCE(104);
      if (lookahead == '0') ADVANCE(56);
      if (lookahead == ':') ADVANCE(26);
      if (lookahead == ';') ADVANCE(32);
      if (lookahead == '[') ADVANCE(43);
      if (lookahead == ']') ADVANCE(44);
      if (lookahead == '`') ADVANCE(51);
      if (lookahead == 'f') ADVANCE(89);
      if (lookahead == 'i') ADVANCE(96);
      if (lookahead == 'n') ADVANCE(90);
      if (lookahead == 't') ADVANCE(98);
      if (lookahead == '{') ADVANCE(45);
      if (lookahead == '|') ADVANCE(83);
      if (lookahead == '}') ADVANCE(46);
      if (('+' <= lookahead && lookahead <= '-')) ADVANCE(84);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') SKIP(28)
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(57);
      if (lookahead != 0 &&
          lookahead > 31 &&
          lookahead != 127) ADVANCE(108);
      END_STATE();
    case 1:
      if (lookahead == '!') ADVANCE(31);
      if (lookahead == ';') ADVANCE(40);
      if (lookahead == '\\') ADVANCE(9);
      if (lookahead == 'f') ADVANCE(78);
      if (lookahead == 't') ADVANCE(79);
      if (lookahead == '|') ADVANCE(33);
      END_STATE();
    case 2:
      if (lookahead == '"') ADVANCE(66);
      if (lookahead == '#') ADVANCE(69);
      if (lookahead == ';') ADVANCE(67);
      if (lookahead == '\\') ADVANCE(27);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') ADVANCE(68);
      if (lookahead != 0) ADVANCE(70);
      END_STATE();
    case 3:
      if (lookahead == '"') ADVANCE(65);
      if (lookahead == '#') ADVANCE(5);
      if (lookahead == '\'') ADVANCE(50);
      if (lookahead == '(') ADVANCE(41);
      if (lookahead == ',') ADVANCE(49);
      if (lookahead == '.') ADVANCE(104);
      if (lookahead == '0') ADVANCE(56);
      if (lookahead == ':') ADVANCE(26);
      if (lookahead == ';') ADVANCE(32);
      if (lookahead == '[') ADVANCE(43);
      if (lookahead == ']') ADVANCE(44);
      if (lookahead == '`') ADVANCE(51);
      if (lookahead == 'f') ADVANCE(89);
      if (lookahead == 'i') ADVANCE(96);
      if (lookahead == 'n') ADVANCE(90);
      if (lookahead == 't') ADVANCE(98);
      if (lookahead == '{') ADVANCE(45);
      if (lookahead == '}') ADVANCE(46);
      if (('+' <= lookahead && lookahead <= '-')) ADVANCE(84);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') SKIP(3)
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(57);
      if (lookahead != 0 &&
          lookahead > 31 &&
          lookahead != ')' &&
          lookahead != 127) ADVANCE(108);
      END_STATE();
    case 4:
      if (lookahead == '#') ADVANCE(38);
      if (lookahead == ';') ADVANCE(35);
      if (lookahead == '|') ADVANCE(36);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') ADVANCE(37);
      if (lookahead != 0) ADVANCE(39);
      END_STATE();
    case 5:
      if (lookahead == ';') ADVANCE(40);
      if (lookahead == '\\') ADVANCE(9);
      if (lookahead == 'f') ADVANCE(78);
      if (lookahead == 't') ADVANCE(79);
      if (lookahead == '|') ADVANCE(33);
      END_STATE();
    case 6:
      if (lookahead == 'e') ADVANCE(77);
      END_STATE();
    case 7:
      if (lookahead == 'l') ADVANCE(8);
      END_STATE();
    case 8:
      if (lookahead == 's') ADVANCE(6);
      END_STATE();
    case 9:
      if (lookahead == 'u') ADVANCE(75);
      if (sym_character_character_set_1(lookahead)) ADVANCE(74);
      if (lookahead != 0 &&
          (lookahead < '\n' || '\r' < lookahead)) ADVANCE(76);
      END_STATE();
    case 10:
      if (lookahead == 'u') ADVANCE(6);
      END_STATE();
    case 11:
      if (lookahead == '}') ADVANCE(74);
      END_STATE();
    case 12:
      if (lookahead == '}') ADVANCE(74);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(11);
      END_STATE();
    case 13:
      if (lookahead == '}') ADVANCE(74);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(12);
      END_STATE();
    case 14:
      if (lookahead == '}') ADVANCE(74);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(13);
      END_STATE();
    case 15:
      if (lookahead == '}') ADVANCE(74);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(14);
      END_STATE();
    case 16:
      if (lookahead == '}') ADVANCE(74);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(15);
      END_STATE();
    case 17:
      if (lookahead == '}') ADVANCE(71);
      END_STATE();
    case 18:
      if (lookahead == '}') ADVANCE(71);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(17);
      END_STATE();
    case 19:
      if (lookahead == '}') ADVANCE(71);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(18);
      END_STATE();
    case 20:
      if (lookahead == '}') ADVANCE(71);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(19);
      END_STATE();
    case 21:
      if (lookahead == '}') ADVANCE(71);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(20);
      END_STATE();
    case 22:
      if (lookahead == '}') ADVANCE(71);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(21);
      END_STATE();
    case 23:
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(16);
      END_STATE();
    case 24:
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(71);
      END_STATE();
    case 25:
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(22);
      END_STATE();
    case 26:
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(82);
      END_STATE();
    case 27:
      if (lookahead != 0 &&
          lookahead != 'u' &&
          lookahead != 'x') ADVANCE(71);
      if (lookahead == 'u') ADVANCE(72);
      if (lookahead == 'x') ADVANCE(73);
      END_STATE();
    case 28:
      if (eof) ADVANCE(30);
      if (lookahead == '"') ADVANCE(65);
      if (lookahead == '#') ADVANCE(1);
      if (lookahead == '\'') ADVANCE(50);
      if (lookahead == '(') ADVANCE(41);
      if (lookahead == ')') ADVANCE(42);
      if (lookahead == ',') ADVANCE(49);
      if (lookahead == '.') ADVANCE(104);
      if (lookahead == '0') ADVANCE(56);
      if (lookahead == ':') ADVANCE(26);
      if (lookahead == ';') ADVANCE(32);
      if (lookahead == '[') ADVANCE(43);
      if (lookahead == ']') ADVANCE(44);
      if (lookahead == '`') ADVANCE(51);
      if (lookahead == 'f') ADVANCE(89);
      if (lookahead == 'i') ADVANCE(96);
      if (lookahead == 'n') ADVANCE(90);
      if (lookahead == 't') ADVANCE(98);
      if (lookahead == '{') ADVANCE(45);
      if (lookahead == '}') ADVANCE(46);
      if (('+' <= lookahead && lookahead <= '-')) ADVANCE(84);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') SKIP(28)
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(57);
      if (lookahead != 0 &&
          lookahead > 31 &&
          lookahead != 127) ADVANCE(108);
      END_STATE();
    case 29:
      if (eof) ADVANCE(30);
      if (lookahead == '"') ADVANCE(65);
      if (lookahead == '#') ADVANCE(1);
      if (lookahead == '\'') ADVANCE(50);
      if (lookahead == '(') ADVANCE(41);
      if (lookahead == ')') ADVANCE(42);
      if (lookahead == ',') ADVANCE(48);
      if (lookahead == '.') ADVANCE(104);
      if (lookahead == '0') ADVANCE(56);
      if (lookahead == ':') ADVANCE(26);
      if (lookahead == ';') ADVANCE(32);
      if (lookahead == '[') ADVANCE(43);
      if (lookahead == '`') ADVANCE(51);
      if (lookahead == 'f') ADVANCE(89);
      if (lookahead == 'i') ADVANCE(96);
      if (lookahead == 'n') ADVANCE(90);
      if (lookahead == 't') ADVANCE(98);
      if (lookahead == '{') ADVANCE(45);
      if (('+' <= lookahead && lookahead <= '-')) ADVANCE(84);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') SKIP(29)
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(57);
      if (lookahead != 0 &&
          lookahead > 31 &&
          lookahead != ']' &&
          lookahead != '}' &&
          lookahead != 127) ADVANCE(108);
      END_STATE();
    case 30:
      ACCEPT_TOKEN(ts_builtin_sym_end);
      END_STATE();
    case 31:
      ACCEPT_TOKEN(sym_shebang);
      if (lookahead != 0 &&
          lookahead != '\n') ADVANCE(31);
      END_STATE();
    case 32:
      ACCEPT_TOKEN(sym_comment);
      if (lookahead != 0 &&
          lookahead != '\n') ADVANCE(32);
      END_STATE();
    case 33:
      ACCEPT_TOKEN(anon_sym_POUND_PIPE);
      END_STATE();
    case 34:
      ACCEPT_TOKEN(anon_sym_PIPE_POUND);
      END_STATE();
    case 35:
      ACCEPT_TOKEN(sym__block_text);
      if (lookahead == '\n') ADVANCE(39);
      if (lookahead != 0 &&
          lookahead != '#' &&
          lookahead != '|') ADVANCE(35);
      END_STATE();
    case 36:
      ACCEPT_TOKEN(sym__block_text);
      if (lookahead == '#') ADVANCE(34);
      END_STATE();
    case 37:
      ACCEPT_TOKEN(sym__block_text);
      if (lookahead == ';') ADVANCE(35);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') ADVANCE(37);
      if (lookahead != 0 &&
          lookahead != '#' &&
          lookahead != '|') ADVANCE(39);
      END_STATE();
    case 38:
      ACCEPT_TOKEN(sym__block_text);
      if (lookahead == '|') ADVANCE(33);
      END_STATE();
    case 39:
      ACCEPT_TOKEN(sym__block_text);
      if (lookahead != 0 &&
          lookahead != '#' &&
          lookahead != '|') ADVANCE(39);
      END_STATE();
    case 40:
      ACCEPT_TOKEN(anon_sym_POUND_SEMI);
      END_STATE();
    case 41:
      ACCEPT_TOKEN(anon_sym_LPAREN);
      END_STATE();
    case 42:
      ACCEPT_TOKEN(anon_sym_RPAREN);
      END_STATE();
    case 43:
      ACCEPT_TOKEN(anon_sym_LBRACK);
      END_STATE();
    case 44:
      ACCEPT_TOKEN(anon_sym_RBRACK);
      END_STATE();
    case 45:
      ACCEPT_TOKEN(anon_sym_LBRACE);
      END_STATE();
    case 46:
      ACCEPT_TOKEN(anon_sym_RBRACE);
      END_STATE();
    case 47:
      ACCEPT_TOKEN(aux_sym_separator_token1);
      END_STATE();
    case 48:
      ACCEPT_TOKEN(anon_sym_COMMA);
      if (lookahead == '@') ADVANCE(52);
      END_STATE();
    case 49:
      ACCEPT_TOKEN(anon_sym_COMMA);
      if (lookahead == '@') ADVANCE(52);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') ADVANCE(47);
      END_STATE();
    case 50:
      ACCEPT_TOKEN(anon_sym_SQUOTE);
      END_STATE();
    case 51:
      ACCEPT_TOKEN(anon_sym_BQUOTE);
      END_STATE();
    case 52:
      ACCEPT_TOKEN(anon_sym_COMMA_AT);
      END_STATE();
    case 53:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == '.') ADVANCE(86);
      if (lookahead == 'E' ||
          lookahead == 'e') ADVANCE(101);
      if (('0' <= lookahead && lookahead <= '9') ||
          lookahead == '_') ADVANCE(58);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 54:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == '.') ADVANCE(85);
      if (lookahead == '0' ||
          lookahead == '1' ||
          lookahead == '_') ADVANCE(54);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 55:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == '.') ADVANCE(85);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(55);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 56:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == '.') ADVANCE(53);
      if (lookahead == 'B' ||
          lookahead == 'b') ADVANCE(102);
      if (lookahead == 'E' ||
          lookahead == 'e') ADVANCE(101);
      if (lookahead == 'X' ||
          lookahead == 'x') ADVANCE(106);
      if (('0' <= lookahead && lookahead <= '9') ||
          lookahead == '_') ADVANCE(57);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 57:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == '.') ADVANCE(53);
      if (lookahead == 'E' ||
          lookahead == 'e') ADVANCE(101);
      if (('0' <= lookahead && lookahead <= '9') ||
          lookahead == '_') ADVANCE(57);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 58:
      ACCEPT_TOKEN(sym_number);
      if (lookahead == 'E' ||
          lookahead == 'e') ADVANCE(101);
      if (('0' <= lookahead && lookahead <= '9') ||
          lookahead == '_') ADVANCE(58);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 59:
      ACCEPT_TOKEN(sym_number);
      if (('0' <= lookahead && lookahead <= '9') ||
          lookahead == '_') ADVANCE(59);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 60:
      ACCEPT_TOKEN(sym_number);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 61:
      ACCEPT_TOKEN(sym_range);
      if (lookahead == 'B' ||
          lookahead == 'b') ADVANCE(103);
      if (lookahead == 'X' ||
          lookahead == 'x') ADVANCE(107);
      if (('0' <= lookahead && lookahead <= '9') ||
          lookahead == '_') ADVANCE(63);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 62:
      ACCEPT_TOKEN(sym_range);
      if (lookahead == '0' ||
          lookahead == '1' ||
          lookahead == '_') ADVANCE(62);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 63:
      ACCEPT_TOKEN(sym_range);
      if (('0' <= lookahead && lookahead <= '9') ||
          lookahead == '_') ADVANCE(63);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 64:
      ACCEPT_TOKEN(sym_range);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(64);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 65:
      ACCEPT_TOKEN(anon_sym_DQUOTE);
      END_STATE();
    case 66:
      ACCEPT_TOKEN(anon_sym_DQUOTE2);
      END_STATE();
    case 67:
      ACCEPT_TOKEN(sym__string_text);
      if (lookahead == '\n') ADVANCE(70);
      if (lookahead != 0 &&
          lookahead != '"' &&
          lookahead != '\\') ADVANCE(67);
      END_STATE();
    case 68:
      ACCEPT_TOKEN(sym__string_text);
      if (lookahead == '#') ADVANCE(69);
      if (lookahead == ';') ADVANCE(67);
      if (('\t' <= lookahead && lookahead <= '\r') ||
          lookahead == ' ') ADVANCE(68);
      if (lookahead != 0 &&
          lookahead != '"' &&
          lookahead != '\\') ADVANCE(70);
      END_STATE();
    case 69:
      ACCEPT_TOKEN(sym__string_text);
      if (lookahead == ';') ADVANCE(70);
      if (lookahead == '|') ADVANCE(70);
      if (lookahead != 0 &&
          lookahead != '"' &&
          lookahead != '\\') ADVANCE(70);
      END_STATE();
    case 70:
      ACCEPT_TOKEN(sym__string_text);
      if (lookahead != 0 &&
          lookahead != '"' &&
          lookahead != '\\') ADVANCE(70);
      END_STATE();
    case 71:
      ACCEPT_TOKEN(sym_escape);
      END_STATE();
    case 72:
      ACCEPT_TOKEN(sym_escape);
      if (lookahead == '{') ADVANCE(25);
      END_STATE();
    case 73:
      ACCEPT_TOKEN(sym_escape);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(24);
      END_STATE();
    case 74:
      ACCEPT_TOKEN(sym_character);
      END_STATE();
    case 75:
      ACCEPT_TOKEN(sym_character);
      if (lookahead == '{') ADVANCE(23);
      if (!sym_character_character_set_2(lookahead)) ADVANCE(76);
      END_STATE();
    case 76:
      ACCEPT_TOKEN(sym_character);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(76);
      END_STATE();
    case 77:
      ACCEPT_TOKEN(sym_boolean);
      END_STATE();
    case 78:
      ACCEPT_TOKEN(sym_boolean);
      if (lookahead == 'a') ADVANCE(7);
      END_STATE();
    case 79:
      ACCEPT_TOKEN(sym_boolean);
      if (lookahead == 'r') ADVANCE(10);
      END_STATE();
    case 80:
      ACCEPT_TOKEN(sym_boolean);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 81:
      ACCEPT_TOKEN(sym_nil);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 82:
      ACCEPT_TOKEN(sym_keyword);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(82);
      END_STATE();
    case 83:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '#') ADVANCE(34);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 84:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '.') ADVANCE(104);
      if (lookahead == '0') ADVANCE(56);
      if (lookahead == 'i') ADVANCE(96);
      if (lookahead == 'n') ADVANCE(91);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(57);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 85:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '.') ADVANCE(86);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 86:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '0') ADVANCE(61);
      if (lookahead == '=') ADVANCE(87);
      if (lookahead == '+' ||
          lookahead == '-') ADVANCE(88);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(63);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 87:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '0') ADVANCE(61);
      if (lookahead == '+' ||
          lookahead == '-') ADVANCE(88);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(63);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 88:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '0') ADVANCE(61);
      if (('1' <= lookahead && lookahead <= '9')) ADVANCE(63);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 89:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'a') ADVANCE(94);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 90:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'a') ADVANCE(97);
      if (lookahead == 'i') ADVANCE(95);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 91:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'a') ADVANCE(97);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 92:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'e') ADVANCE(80);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 93:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'f') ADVANCE(60);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 94:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'l') ADVANCE(99);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 95:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'l') ADVANCE(81);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 96:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'n') ADVANCE(93);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 97:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'n') ADVANCE(60);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 98:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'r') ADVANCE(100);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 99:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 's') ADVANCE(92);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 100:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == 'u') ADVANCE(92);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 101:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '+' ||
          lookahead == '-') ADVANCE(105);
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(59);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 102:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '0' ||
          lookahead == '1' ||
          lookahead == '_') ADVANCE(54);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 103:
      ACCEPT_TOKEN(sym_symbol);
      if (lookahead == '0' ||
          lookahead == '1' ||
          lookahead == '_') ADVANCE(62);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 104:
      ACCEPT_TOKEN(sym_symbol);
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(58);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 105:
      ACCEPT_TOKEN(sym_symbol);
      if (('0' <= lookahead && lookahead <= '9')) ADVANCE(59);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 106:
      ACCEPT_TOKEN(sym_symbol);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(55);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 107:
      ACCEPT_TOKEN(sym_symbol);
      if (('0' <= lookahead && lookahead <= '9') ||
          ('A' <= lookahead && lookahead <= 'F') ||
          lookahead == '_' ||
          ('a' <= lookahead && lookahead <= 'f')) ADVANCE(64);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    case 108:
      ACCEPT_TOKEN(sym_symbol);
      if (!sym_keyword_character_set_1(lookahead)) ADVANCE(108);
      END_STATE();
    default:
      return false;
  }
}

static const TSLexMode ts_lex_modes[STATE_COUNT] = {
  [0] = {.lex_state = 0},
  [1] = {.lex_state = 29},
  [2] = {.lex_state = 3},
  [3] = {.lex_state = 3},
  [4] = {.lex_state = 3},
  [5] = {.lex_state = 3},
  [6] = {.lex_state = 3},
  [7] = {.lex_state = 3},
  [8] = {.lex_state = 3},
  [9] = {.lex_state = 3},
  [10] = {.lex_state = 3},
  [11] = {.lex_state = 3},
  [12] = {.lex_state = 3},
  [13] = {.lex_state = 3},
  [14] = {.lex_state = 3},
  [15] = {.lex_state = 3},
  [16] = {.lex_state = 29},
  [17] = {.lex_state = 29},
  [18] = {.lex_state = 29},
  [19] = {.lex_state = 29},
  [20] = {.lex_state = 29},
  [21] = {.lex_state = 29},
  [22] = {.lex_state = 29},
  [23] = {.lex_state = 29},
  [24] = {.lex_state = 29},
  [25] = {.lex_state = 29},
  [26] = {.lex_state = 29},
  [27] = {.lex_state = 29},
  [28] = {.lex_state = 29},
  [29] = {.lex_state = 29},
  [30] = {.lex_state = 29},
  [31] = {.lex_state = 29},
  [32] = {.lex_state = 29},
  [33] = {.lex_state = 29},
  [34] = {.lex_state = 29},
  [35] = {.lex_state = 29},
  [36] = {.lex_state = 29},
  [37] = {.lex_state = 29},
  [38] = {.lex_state = 29},
  [39] = {.lex_state = 3},
  [40] = {.lex_state = 3},
  [41] = {.lex_state = 3},
  [42] = {.lex_state = 3},
  [43] = {.lex_state = 3},
  [44] = {.lex_state = 3},
  [45] = {.lex_state = 3},
  [46] = {.lex_state = 3},
  [47] = {.lex_state = 3},
  [48] = {.lex_state = 3},
  [49] = {.lex_state = 3},
  [50] = {.lex_state = 3},
  [51] = {.lex_state = 3},
  [52] = {.lex_state = 3},
  [53] = {.lex_state = 3},
  [54] = {.lex_state = 3},
  [55] = {.lex_state = 29},
  [56] = {.lex_state = 29},
  [57] = {.lex_state = 29},
  [58] = {.lex_state = 29},
  [59] = {.lex_state = 29},
  [60] = {.lex_state = 29},
  [61] = {.lex_state = 29},
  [62] = {.lex_state = 29},
  [63] = {.lex_state = 29},
  [64] = {.lex_state = 29},
  [65] = {.lex_state = 29},
  [66] = {.lex_state = 29},
  [67] = {.lex_state = 29},
  [68] = {.lex_state = 29},
  [69] = {.lex_state = 29},
  [70] = {.lex_state = 2},
  [71] = {.lex_state = 2},
  [72] = {.lex_state = 2},
  [73] = {.lex_state = 2},
  [74] = {.lex_state = 2},
  [75] = {.lex_state = 2},
  [76] = {.lex_state = 2},
  [77] = {.lex_state = 4},
  [78] = {.lex_state = 4},
  [79] = {.lex_state = 4},
  [80] = {.lex_state = 4},
  [81] = {.lex_state = 2},
  [82] = {.lex_state = 4},
  [83] = {.lex_state = 4},
  [84] = {.lex_state = 4},
  [85] = {.lex_state = 4},
  [86] = {.lex_state = 0},
  [87] = {(TSStateId)(-1)},
  [88] = {(TSStateId)(-1)},
  [89] = {(TSStateId)(-1)},
  [90] = {(TSStateId)(-1)},
  [91] = {(TSStateId)(-1)},
  [92] = {(TSStateId)(-1)},
  [93] = {(TSStateId)(-1)},
  [94] = {(TSStateId)(-1)},
  [95] = {(TSStateId)(-1)},
  [96] = {(TSStateId)(-1)},
  [97] = {(TSStateId)(-1)},
  [98] = {(TSStateId)(-1)},
  [99] = {(TSStateId)(-1)},
  [100] = {(TSStateId)(-1)},
  [101] = {(TSStateId)(-1)},
};

static const uint16_t ts_parse_table[LARGE_STATE_COUNT][SYMBOL_COUNT] = {
  [0] = {
    [sym_block_comment] = STATE(0),
    [sym_discard] = STATE(0),
    [ts_builtin_sym_end] = ACTIONS(1),
    [sym_shebang] = ACTIONS(1),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_PIPE_POUND] = ACTIONS(1),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(1),
    [anon_sym_RPAREN] = ACTIONS(1),
    [anon_sym_LBRACK] = ACTIONS(1),
    [anon_sym_RBRACK] = ACTIONS(1),
    [anon_sym_LBRACE] = ACTIONS(1),
    [anon_sym_RBRACE] = ACTIONS(1),
    [aux_sym_separator_token1] = ACTIONS(1),
    [anon_sym_COMMA] = ACTIONS(1),
    [anon_sym_SQUOTE] = ACTIONS(1),
    [anon_sym_BQUOTE] = ACTIONS(1),
    [anon_sym_COMMA_AT] = ACTIONS(1),
    [sym_number] = ACTIONS(1),
    [sym_range] = ACTIONS(1),
    [anon_sym_DQUOTE] = ACTIONS(1),
    [anon_sym_DQUOTE2] = ACTIONS(1),
    [sym_character] = ACTIONS(1),
    [sym_boolean] = ACTIONS(1),
    [sym_nil] = ACTIONS(1),
    [sym_keyword] = ACTIONS(1),
    [sym_symbol] = ACTIONS(1),
  },
  [1] = {
    [sym_source] = STATE(86),
    [sym_block_comment] = STATE(1),
    [sym_discard] = STATE(1),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(17),
    [ts_builtin_sym_end] = ACTIONS(9),
    [sym_shebang] = ACTIONS(11),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [2] = {
    [sym_block_comment] = STATE(2),
    [sym_discard] = STATE(2),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(2),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(33),
    [anon_sym_LBRACK] = ACTIONS(36),
    [anon_sym_RBRACK] = ACTIONS(39),
    [anon_sym_LBRACE] = ACTIONS(41),
    [anon_sym_RBRACE] = ACTIONS(39),
    [aux_sym_separator_token1] = ACTIONS(44),
    [anon_sym_COMMA] = ACTIONS(47),
    [anon_sym_SQUOTE] = ACTIONS(50),
    [anon_sym_BQUOTE] = ACTIONS(53),
    [anon_sym_COMMA_AT] = ACTIONS(56),
    [sym_number] = ACTIONS(59),
    [sym_range] = ACTIONS(59),
    [anon_sym_DQUOTE] = ACTIONS(62),
    [sym_character] = ACTIONS(65),
    [sym_boolean] = ACTIONS(59),
    [sym_nil] = ACTIONS(59),
    [sym_keyword] = ACTIONS(65),
    [sym_symbol] = ACTIONS(59),
  },
  [3] = {
    [sym_block_comment] = STATE(3),
    [sym_discard] = STATE(3),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(6),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_RBRACE] = ACTIONS(74),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [4] = {
    [sym_block_comment] = STATE(4),
    [sym_discard] = STATE(4),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(2),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_RBRACK] = ACTIONS(92),
    [anon_sym_LBRACE] = ACTIONS(72),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [5] = {
    [sym_block_comment] = STATE(5),
    [sym_discard] = STATE(5),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(4),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_RBRACK] = ACTIONS(94),
    [anon_sym_LBRACE] = ACTIONS(72),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [6] = {
    [sym_block_comment] = STATE(6),
    [sym_discard] = STATE(6),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(2),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_RBRACE] = ACTIONS(96),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [7] = {
    [sym_block_comment] = STATE(7),
    [sym_discard] = STATE(7),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(10),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_RBRACK] = ACTIONS(98),
    [anon_sym_LBRACE] = ACTIONS(72),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [8] = {
    [sym_block_comment] = STATE(8),
    [sym_discard] = STATE(8),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(9),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_RBRACE] = ACTIONS(100),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [9] = {
    [sym_block_comment] = STATE(9),
    [sym_discard] = STATE(9),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(2),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_RBRACE] = ACTIONS(102),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [10] = {
    [sym_block_comment] = STATE(10),
    [sym_discard] = STATE(10),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(2),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_RBRACK] = ACTIONS(104),
    [anon_sym_LBRACE] = ACTIONS(72),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [11] = {
    [sym_block_comment] = STATE(11),
    [sym_discard] = STATE(11),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(13),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_RBRACK] = ACTIONS(106),
    [anon_sym_LBRACE] = ACTIONS(72),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [12] = {
    [sym_block_comment] = STATE(12),
    [sym_discard] = STATE(12),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(14),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_RBRACE] = ACTIONS(108),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [13] = {
    [sym_block_comment] = STATE(13),
    [sym_discard] = STATE(13),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(2),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_RBRACK] = ACTIONS(110),
    [anon_sym_LBRACE] = ACTIONS(72),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [14] = {
    [sym_block_comment] = STATE(14),
    [sym_discard] = STATE(14),
    [sym__form] = STATE(39),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_separator] = STATE(39),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [aux_sym_bracket_repeat1] = STATE(2),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_RBRACE] = ACTIONS(112),
    [aux_sym_separator_token1] = ACTIONS(76),
    [anon_sym_COMMA] = ACTIONS(78),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [15] = {
    [sym_block_comment] = STATE(15),
    [sym_discard] = STATE(15),
    [sym__form] = STATE(45),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_RBRACK] = ACTIONS(114),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_RBRACE] = ACTIONS(114),
    [aux_sym_separator_token1] = ACTIONS(114),
    [anon_sym_COMMA] = ACTIONS(116),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [16] = {
    [sym_block_comment] = STATE(16),
    [sym_discard] = STATE(16),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(16),
    [ts_builtin_sym_end] = ACTIONS(118),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(120),
    [anon_sym_RPAREN] = ACTIONS(118),
    [anon_sym_LBRACK] = ACTIONS(123),
    [anon_sym_LBRACE] = ACTIONS(126),
    [anon_sym_COMMA] = ACTIONS(129),
    [anon_sym_SQUOTE] = ACTIONS(132),
    [anon_sym_BQUOTE] = ACTIONS(135),
    [anon_sym_COMMA_AT] = ACTIONS(138),
    [sym_number] = ACTIONS(141),
    [sym_range] = ACTIONS(141),
    [anon_sym_DQUOTE] = ACTIONS(144),
    [sym_character] = ACTIONS(147),
    [sym_boolean] = ACTIONS(141),
    [sym_nil] = ACTIONS(141),
    [sym_keyword] = ACTIONS(147),
    [sym_symbol] = ACTIONS(141),
  },
  [17] = {
    [sym_block_comment] = STATE(17),
    [sym_discard] = STATE(17),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(16),
    [ts_builtin_sym_end] = ACTIONS(150),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [18] = {
    [sym_block_comment] = STATE(18),
    [sym_discard] = STATE(18),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(21),
    [ts_builtin_sym_end] = ACTIONS(150),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [19] = {
    [sym_block_comment] = STATE(19),
    [sym_discard] = STATE(19),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(16),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_RPAREN] = ACTIONS(152),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [20] = {
    [sym_block_comment] = STATE(20),
    [sym_discard] = STATE(20),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(19),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_RPAREN] = ACTIONS(154),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [21] = {
    [sym_block_comment] = STATE(21),
    [sym_discard] = STATE(21),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(16),
    [ts_builtin_sym_end] = ACTIONS(156),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [22] = {
    [sym_block_comment] = STATE(22),
    [sym_discard] = STATE(22),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(24),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_RPAREN] = ACTIONS(158),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [23] = {
    [sym_block_comment] = STATE(23),
    [sym_discard] = STATE(23),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(25),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_RPAREN] = ACTIONS(160),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [24] = {
    [sym_block_comment] = STATE(24),
    [sym_discard] = STATE(24),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(16),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_RPAREN] = ACTIONS(162),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [25] = {
    [sym_block_comment] = STATE(25),
    [sym_discard] = STATE(25),
    [sym__form] = STATE(56),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [aux_sym_source_repeat1] = STATE(16),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_RPAREN] = ACTIONS(164),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [26] = {
    [sym_block_comment] = STATE(26),
    [sym_discard] = STATE(26),
    [sym__form] = STATE(60),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [27] = {
    [sym_block_comment] = STATE(27),
    [sym_discard] = STATE(27),
    [sym__form] = STATE(59),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [28] = {
    [sym_block_comment] = STATE(28),
    [sym_discard] = STATE(28),
    [sym__form] = STATE(99),
    [sym_list] = STATE(99),
    [sym_bracket] = STATE(99),
    [sym_brace] = STATE(99),
    [sym_quote] = STATE(99),
    [sym_quasiquote] = STATE(99),
    [sym_unquote] = STATE(99),
    [sym_unquote_splicing] = STATE(99),
    [sym__atom] = STATE(99),
    [sym_string] = STATE(99),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(166),
    [anon_sym_LBRACK] = ACTIONS(168),
    [anon_sym_LBRACE] = ACTIONS(170),
    [anon_sym_COMMA] = ACTIONS(172),
    [anon_sym_SQUOTE] = ACTIONS(174),
    [anon_sym_BQUOTE] = ACTIONS(176),
    [anon_sym_COMMA_AT] = ACTIONS(178),
    [sym_number] = ACTIONS(180),
    [sym_range] = ACTIONS(180),
    [anon_sym_DQUOTE] = ACTIONS(182),
    [sym_character] = ACTIONS(184),
    [sym_boolean] = ACTIONS(180),
    [sym_nil] = ACTIONS(180),
    [sym_keyword] = ACTIONS(184),
    [sym_symbol] = ACTIONS(180),
  },
  [29] = {
    [sym_block_comment] = STATE(29),
    [sym_discard] = STATE(29),
    [sym__form] = STATE(57),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [30] = {
    [sym_block_comment] = STATE(30),
    [sym_discard] = STATE(30),
    [sym__form] = STATE(87),
    [sym_list] = STATE(87),
    [sym_bracket] = STATE(87),
    [sym_brace] = STATE(87),
    [sym_quote] = STATE(87),
    [sym_quasiquote] = STATE(87),
    [sym_unquote] = STATE(87),
    [sym_unquote_splicing] = STATE(87),
    [sym__atom] = STATE(87),
    [sym_string] = STATE(87),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(166),
    [anon_sym_LBRACK] = ACTIONS(168),
    [anon_sym_LBRACE] = ACTIONS(170),
    [anon_sym_COMMA] = ACTIONS(172),
    [anon_sym_SQUOTE] = ACTIONS(174),
    [anon_sym_BQUOTE] = ACTIONS(176),
    [anon_sym_COMMA_AT] = ACTIONS(178),
    [sym_number] = ACTIONS(186),
    [sym_range] = ACTIONS(186),
    [anon_sym_DQUOTE] = ACTIONS(182),
    [sym_character] = ACTIONS(188),
    [sym_boolean] = ACTIONS(186),
    [sym_nil] = ACTIONS(186),
    [sym_keyword] = ACTIONS(188),
    [sym_symbol] = ACTIONS(186),
  },
  [31] = {
    [sym_block_comment] = STATE(31),
    [sym_discard] = STATE(31),
    [sym__form] = STATE(88),
    [sym_list] = STATE(88),
    [sym_bracket] = STATE(88),
    [sym_brace] = STATE(88),
    [sym_quote] = STATE(88),
    [sym_quasiquote] = STATE(88),
    [sym_unquote] = STATE(88),
    [sym_unquote_splicing] = STATE(88),
    [sym__atom] = STATE(88),
    [sym_string] = STATE(88),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(166),
    [anon_sym_LBRACK] = ACTIONS(168),
    [anon_sym_LBRACE] = ACTIONS(170),
    [anon_sym_COMMA] = ACTIONS(172),
    [anon_sym_SQUOTE] = ACTIONS(174),
    [anon_sym_BQUOTE] = ACTIONS(176),
    [anon_sym_COMMA_AT] = ACTIONS(178),
    [sym_number] = ACTIONS(190),
    [sym_range] = ACTIONS(190),
    [anon_sym_DQUOTE] = ACTIONS(182),
    [sym_character] = ACTIONS(192),
    [sym_boolean] = ACTIONS(190),
    [sym_nil] = ACTIONS(190),
    [sym_keyword] = ACTIONS(192),
    [sym_symbol] = ACTIONS(190),
  },
  [32] = {
    [sym_block_comment] = STATE(32),
    [sym_discard] = STATE(32),
    [sym__form] = STATE(89),
    [sym_list] = STATE(89),
    [sym_bracket] = STATE(89),
    [sym_brace] = STATE(89),
    [sym_quote] = STATE(89),
    [sym_quasiquote] = STATE(89),
    [sym_unquote] = STATE(89),
    [sym_unquote_splicing] = STATE(89),
    [sym__atom] = STATE(89),
    [sym_string] = STATE(89),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(166),
    [anon_sym_LBRACK] = ACTIONS(168),
    [anon_sym_LBRACE] = ACTIONS(170),
    [anon_sym_COMMA] = ACTIONS(172),
    [anon_sym_SQUOTE] = ACTIONS(174),
    [anon_sym_BQUOTE] = ACTIONS(176),
    [anon_sym_COMMA_AT] = ACTIONS(178),
    [sym_number] = ACTIONS(194),
    [sym_range] = ACTIONS(194),
    [anon_sym_DQUOTE] = ACTIONS(182),
    [sym_character] = ACTIONS(196),
    [sym_boolean] = ACTIONS(194),
    [sym_nil] = ACTIONS(194),
    [sym_keyword] = ACTIONS(196),
    [sym_symbol] = ACTIONS(194),
  },
  [33] = {
    [sym_block_comment] = STATE(33),
    [sym_discard] = STATE(33),
    [sym__form] = STATE(93),
    [sym_list] = STATE(93),
    [sym_bracket] = STATE(93),
    [sym_brace] = STATE(93),
    [sym_quote] = STATE(93),
    [sym_quasiquote] = STATE(93),
    [sym_unquote] = STATE(93),
    [sym_unquote_splicing] = STATE(93),
    [sym__atom] = STATE(93),
    [sym_string] = STATE(93),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(166),
    [anon_sym_LBRACK] = ACTIONS(168),
    [anon_sym_LBRACE] = ACTIONS(170),
    [anon_sym_COMMA] = ACTIONS(172),
    [anon_sym_SQUOTE] = ACTIONS(174),
    [anon_sym_BQUOTE] = ACTIONS(176),
    [anon_sym_COMMA_AT] = ACTIONS(178),
    [sym_number] = ACTIONS(198),
    [sym_range] = ACTIONS(198),
    [anon_sym_DQUOTE] = ACTIONS(182),
    [sym_character] = ACTIONS(200),
    [sym_boolean] = ACTIONS(198),
    [sym_nil] = ACTIONS(198),
    [sym_keyword] = ACTIONS(200),
    [sym_symbol] = ACTIONS(198),
  },
  [34] = {
    [sym_block_comment] = STATE(34),
    [sym_discard] = STATE(34),
    [sym__form] = STATE(58),
    [sym_list] = STATE(68),
    [sym_bracket] = STATE(68),
    [sym_brace] = STATE(68),
    [sym_quote] = STATE(68),
    [sym_quasiquote] = STATE(68),
    [sym_unquote] = STATE(68),
    [sym_unquote_splicing] = STATE(68),
    [sym__atom] = STATE(68),
    [sym_string] = STATE(55),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(13),
    [anon_sym_LBRACK] = ACTIONS(15),
    [anon_sym_LBRACE] = ACTIONS(17),
    [anon_sym_COMMA] = ACTIONS(19),
    [anon_sym_SQUOTE] = ACTIONS(21),
    [anon_sym_BQUOTE] = ACTIONS(23),
    [anon_sym_COMMA_AT] = ACTIONS(25),
    [sym_number] = ACTIONS(27),
    [sym_range] = ACTIONS(27),
    [anon_sym_DQUOTE] = ACTIONS(29),
    [sym_character] = ACTIONS(31),
    [sym_boolean] = ACTIONS(27),
    [sym_nil] = ACTIONS(27),
    [sym_keyword] = ACTIONS(31),
    [sym_symbol] = ACTIONS(27),
  },
  [35] = {
    [sym_block_comment] = STATE(35),
    [sym_discard] = STATE(35),
    [sym__form] = STATE(45),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_COMMA] = ACTIONS(116),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [36] = {
    [sym_block_comment] = STATE(36),
    [sym_discard] = STATE(36),
    [sym__form] = STATE(46),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_COMMA] = ACTIONS(116),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [37] = {
    [sym_block_comment] = STATE(37),
    [sym_discard] = STATE(37),
    [sym__form] = STATE(47),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_COMMA] = ACTIONS(116),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
  [38] = {
    [sym_block_comment] = STATE(38),
    [sym_discard] = STATE(38),
    [sym__form] = STATE(48),
    [sym_list] = STATE(41),
    [sym_bracket] = STATE(41),
    [sym_brace] = STATE(41),
    [sym_quote] = STATE(41),
    [sym_quasiquote] = STATE(41),
    [sym_unquote] = STATE(41),
    [sym_unquote_splicing] = STATE(41),
    [sym__atom] = STATE(41),
    [sym_string] = STATE(53),
    [sym_comment] = ACTIONS(3),
    [anon_sym_POUND_PIPE] = ACTIONS(5),
    [anon_sym_POUND_SEMI] = ACTIONS(7),
    [anon_sym_LPAREN] = ACTIONS(68),
    [anon_sym_LBRACK] = ACTIONS(70),
    [anon_sym_LBRACE] = ACTIONS(72),
    [anon_sym_COMMA] = ACTIONS(116),
    [anon_sym_SQUOTE] = ACTIONS(80),
    [anon_sym_BQUOTE] = ACTIONS(82),
    [anon_sym_COMMA_AT] = ACTIONS(84),
    [sym_number] = ACTIONS(86),
    [sym_range] = ACTIONS(86),
    [anon_sym_DQUOTE] = ACTIONS(88),
    [sym_character] = ACTIONS(90),
    [sym_boolean] = ACTIONS(86),
    [sym_nil] = ACTIONS(86),
    [sym_keyword] = ACTIONS(90),
    [sym_symbol] = ACTIONS(86),
  },
};

static const uint16_t ts_small_parse_table[] = {
  [0] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(39), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(204), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(202), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [36] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(40), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(208), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(206), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [72] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(41), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(212), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(210), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [108] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(42), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(216), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(214), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [144] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(43), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(220), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(218), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [180] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(44), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(224), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(222), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [216] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(45), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(228), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(226), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [252] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(46), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(232), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(230), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [288] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(47), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(236), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(234), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [324] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(48), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(240), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(238), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [360] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(49), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(244), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(242), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [396] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(50), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(248), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(246), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [432] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(51), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(252), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(250), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [468] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(52), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(256), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(254), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [504] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(53), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(260), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(258), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [540] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(54), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(262), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(114), 12,
      anon_sym_LPAREN,
      anon_sym_LBRACK,
      anon_sym_RBRACK,
      anon_sym_LBRACE,
      anon_sym_RBRACE,
      aux_sym_separator_token1,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [576] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(55), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(260), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(258), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [611] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(56), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(266), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(264), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [646] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(57), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(228), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(226), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [681] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(58), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(232), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(230), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [716] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(59), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(236), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(234), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [751] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(60), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(240), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(238), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [786] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(61), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(244), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(242), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [821] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(62), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(248), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(246), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [856] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(63), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(216), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(214), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [891] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(64), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(252), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(250), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [926] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(65), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(224), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(222), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [961] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(66), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(208), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(206), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [996] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(67), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(256), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(254), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [1031] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(68), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(212), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(210), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [1066] = 6,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    STATE(69), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(220), 6,
      anon_sym_COMMA,
      sym_number,
      sym_range,
      sym_boolean,
      sym_nil,
      sym_symbol,
    ACTIONS(218), 11,
      ts_builtin_sym_end,
      anon_sym_LPAREN,
      anon_sym_RPAREN,
      anon_sym_LBRACK,
      anon_sym_LBRACE,
      anon_sym_SQUOTE,
      anon_sym_BQUOTE,
      anon_sym_COMMA_AT,
      anon_sym_DQUOTE,
      sym_character,
      sym_keyword,
  [1101] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(270), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(274), 1,
      anon_sym_DQUOTE2,
    STATE(76), 1,
      aux_sym_string_repeat1,
    ACTIONS(276), 2,
      sym__string_text,
      sym_escape,
    STATE(70), 2,
      sym_block_comment,
      sym_discard,
  [1125] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(270), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(278), 1,
      anon_sym_DQUOTE2,
    STATE(74), 1,
      aux_sym_string_repeat1,
    ACTIONS(276), 2,
      sym__string_text,
      sym_escape,
    STATE(71), 2,
      sym_block_comment,
      sym_discard,
  [1149] = 6,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(270), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(280), 1,
      anon_sym_DQUOTE2,
    ACTIONS(282), 2,
      sym__string_text,
      sym_escape,
    STATE(72), 3,
      sym_block_comment,
      sym_discard,
      aux_sym_string_repeat1,
  [1171] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(270), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(285), 1,
      anon_sym_DQUOTE2,
    STATE(75), 1,
      aux_sym_string_repeat1,
    ACTIONS(276), 2,
      sym__string_text,
      sym_escape,
    STATE(73), 2,
      sym_block_comment,
      sym_discard,
  [1195] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(270), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(287), 1,
      anon_sym_DQUOTE2,
    STATE(72), 1,
      aux_sym_string_repeat1,
    ACTIONS(276), 2,
      sym__string_text,
      sym_escape,
    STATE(74), 2,
      sym_block_comment,
      sym_discard,
  [1219] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(270), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(289), 1,
      anon_sym_DQUOTE2,
    STATE(72), 1,
      aux_sym_string_repeat1,
    ACTIONS(276), 2,
      sym__string_text,
      sym_escape,
    STATE(75), 2,
      sym_block_comment,
      sym_discard,
  [1243] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(270), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(291), 1,
      anon_sym_DQUOTE2,
    STATE(72), 1,
      aux_sym_string_repeat1,
    ACTIONS(276), 2,
      sym__string_text,
      sym_escape,
    STATE(76), 2,
      sym_block_comment,
      sym_discard,
  [1267] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(293), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(295), 1,
      anon_sym_PIPE_POUND,
    ACTIONS(297), 1,
      sym__block_text,
    STATE(78), 1,
      aux_sym_block_comment_repeat1,
    STATE(77), 2,
      sym_block_comment,
      sym_discard,
  [1290] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(293), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(297), 1,
      sym__block_text,
    ACTIONS(299), 1,
      anon_sym_PIPE_POUND,
    STATE(80), 1,
      aux_sym_block_comment_repeat1,
    STATE(78), 2,
      sym_block_comment,
      sym_discard,
  [1313] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(293), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(297), 1,
      sym__block_text,
    ACTIONS(301), 1,
      anon_sym_PIPE_POUND,
    STATE(80), 1,
      aux_sym_block_comment_repeat1,
    STATE(79), 2,
      sym_block_comment,
      sym_discard,
  [1336] = 6,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(303), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(306), 1,
      anon_sym_PIPE_POUND,
    ACTIONS(308), 1,
      sym__block_text,
    STATE(80), 3,
      sym_block_comment,
      sym_discard,
      aux_sym_block_comment_repeat1,
  [1357] = 5,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(270), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    STATE(81), 2,
      sym_block_comment,
      sym_discard,
    ACTIONS(311), 3,
      anon_sym_DQUOTE2,
      sym__string_text,
      sym_escape,
  [1376] = 7,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(293), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(297), 1,
      sym__block_text,
    ACTIONS(313), 1,
      anon_sym_PIPE_POUND,
    STATE(79), 1,
      aux_sym_block_comment_repeat1,
    STATE(82), 2,
      sym_block_comment,
      sym_discard,
  [1399] = 5,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(317), 1,
      anon_sym_PIPE_POUND,
    ACTIONS(315), 2,
      anon_sym_POUND_PIPE,
      sym__block_text,
    STATE(83), 2,
      sym_block_comment,
      sym_discard,
  [1417] = 5,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(321), 1,
      anon_sym_PIPE_POUND,
    ACTIONS(319), 2,
      anon_sym_POUND_PIPE,
      sym__block_text,
    STATE(84), 2,
      sym_block_comment,
      sym_discard,
  [1435] = 5,
    ACTIONS(268), 1,
      sym_comment,
    ACTIONS(272), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(325), 1,
      anon_sym_PIPE_POUND,
    ACTIONS(323), 2,
      anon_sym_POUND_PIPE,
      sym__block_text,
    STATE(85), 2,
      sym_block_comment,
      sym_discard,
  [1453] = 5,
    ACTIONS(3), 1,
      sym_comment,
    ACTIONS(5), 1,
      anon_sym_POUND_PIPE,
    ACTIONS(7), 1,
      anon_sym_POUND_SEMI,
    ACTIONS(327), 1,
      ts_builtin_sym_end,
    STATE(86), 2,
      sym_block_comment,
      sym_discard,
  [1470] = 1,
    ACTIONS(226), 1,
      ts_builtin_sym_end,
  [1474] = 1,
    ACTIONS(230), 1,
      ts_builtin_sym_end,
  [1478] = 1,
    ACTIONS(234), 1,
      ts_builtin_sym_end,
  [1482] = 1,
    ACTIONS(218), 1,
      ts_builtin_sym_end,
  [1486] = 1,
    ACTIONS(222), 1,
      ts_builtin_sym_end,
  [1490] = 1,
    ACTIONS(242), 1,
      ts_builtin_sym_end,
  [1494] = 1,
    ACTIONS(238), 1,
      ts_builtin_sym_end,
  [1498] = 1,
    ACTIONS(246), 1,
      ts_builtin_sym_end,
  [1502] = 1,
    ACTIONS(250), 1,
      ts_builtin_sym_end,
  [1506] = 1,
    ACTIONS(206), 1,
      ts_builtin_sym_end,
  [1510] = 1,
    ACTIONS(254), 1,
      ts_builtin_sym_end,
  [1514] = 1,
    ACTIONS(317), 1,
      ts_builtin_sym_end,
  [1518] = 1,
    ACTIONS(329), 1,
      ts_builtin_sym_end,
  [1522] = 1,
    ACTIONS(325), 1,
      ts_builtin_sym_end,
  [1526] = 1,
    ACTIONS(214), 1,
      ts_builtin_sym_end,
};

static const uint32_t ts_small_parse_table_map[] = {
  [SMALL_STATE(39)] = 0,
  [SMALL_STATE(40)] = 36,
  [SMALL_STATE(41)] = 72,
  [SMALL_STATE(42)] = 108,
  [SMALL_STATE(43)] = 144,
  [SMALL_STATE(44)] = 180,
  [SMALL_STATE(45)] = 216,
  [SMALL_STATE(46)] = 252,
  [SMALL_STATE(47)] = 288,
  [SMALL_STATE(48)] = 324,
  [SMALL_STATE(49)] = 360,
  [SMALL_STATE(50)] = 396,
  [SMALL_STATE(51)] = 432,
  [SMALL_STATE(52)] = 468,
  [SMALL_STATE(53)] = 504,
  [SMALL_STATE(54)] = 540,
  [SMALL_STATE(55)] = 576,
  [SMALL_STATE(56)] = 611,
  [SMALL_STATE(57)] = 646,
  [SMALL_STATE(58)] = 681,
  [SMALL_STATE(59)] = 716,
  [SMALL_STATE(60)] = 751,
  [SMALL_STATE(61)] = 786,
  [SMALL_STATE(62)] = 821,
  [SMALL_STATE(63)] = 856,
  [SMALL_STATE(64)] = 891,
  [SMALL_STATE(65)] = 926,
  [SMALL_STATE(66)] = 961,
  [SMALL_STATE(67)] = 996,
  [SMALL_STATE(68)] = 1031,
  [SMALL_STATE(69)] = 1066,
  [SMALL_STATE(70)] = 1101,
  [SMALL_STATE(71)] = 1125,
  [SMALL_STATE(72)] = 1149,
  [SMALL_STATE(73)] = 1171,
  [SMALL_STATE(74)] = 1195,
  [SMALL_STATE(75)] = 1219,
  [SMALL_STATE(76)] = 1243,
  [SMALL_STATE(77)] = 1267,
  [SMALL_STATE(78)] = 1290,
  [SMALL_STATE(79)] = 1313,
  [SMALL_STATE(80)] = 1336,
  [SMALL_STATE(81)] = 1357,
  [SMALL_STATE(82)] = 1376,
  [SMALL_STATE(83)] = 1399,
  [SMALL_STATE(84)] = 1417,
  [SMALL_STATE(85)] = 1435,
  [SMALL_STATE(86)] = 1453,
  [SMALL_STATE(87)] = 1470,
  [SMALL_STATE(88)] = 1474,
  [SMALL_STATE(89)] = 1478,
  [SMALL_STATE(90)] = 1482,
  [SMALL_STATE(91)] = 1486,
  [SMALL_STATE(92)] = 1490,
  [SMALL_STATE(93)] = 1494,
  [SMALL_STATE(94)] = 1498,
  [SMALL_STATE(95)] = 1502,
  [SMALL_STATE(96)] = 1506,
  [SMALL_STATE(97)] = 1510,
  [SMALL_STATE(98)] = 1514,
  [SMALL_STATE(99)] = 1518,
  [SMALL_STATE(100)] = 1522,
  [SMALL_STATE(101)] = 1526,
};

static const TSParseActionEntry ts_parse_actions[] = {
  [0] = {.entry = {.count = 0, .reusable = false}},
  [1] = {.entry = {.count = 1, .reusable = false}}, RECOVER(),
  [3] = {.entry = {.count = 1, .reusable = true}}, SHIFT_EXTRA(),
  [5] = {.entry = {.count = 1, .reusable = true}}, SHIFT(82),
  [7] = {.entry = {.count = 1, .reusable = true}}, SHIFT(28),
  [9] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_source, 0),
  [11] = {.entry = {.count = 1, .reusable = true}}, SHIFT(18),
  [13] = {.entry = {.count = 1, .reusable = true}}, SHIFT(20),
  [15] = {.entry = {.count = 1, .reusable = true}}, SHIFT(5),
  [17] = {.entry = {.count = 1, .reusable = true}}, SHIFT(3),
  [19] = {.entry = {.count = 1, .reusable = false}}, SHIFT(29),
  [21] = {.entry = {.count = 1, .reusable = true}}, SHIFT(34),
  [23] = {.entry = {.count = 1, .reusable = true}}, SHIFT(27),
  [25] = {.entry = {.count = 1, .reusable = true}}, SHIFT(26),
  [27] = {.entry = {.count = 1, .reusable = false}}, SHIFT(55),
  [29] = {.entry = {.count = 1, .reusable = true}}, SHIFT(73),
  [31] = {.entry = {.count = 1, .reusable = true}}, SHIFT(55),
  [33] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(23),
  [36] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(11),
  [39] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2),
  [41] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(12),
  [44] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(54),
  [47] = {.entry = {.count = 2, .reusable = false}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(15),
  [50] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(36),
  [53] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(37),
  [56] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(38),
  [59] = {.entry = {.count = 2, .reusable = false}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(53),
  [62] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(70),
  [65] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 2), SHIFT_REPEAT(53),
  [68] = {.entry = {.count = 1, .reusable = true}}, SHIFT(23),
  [70] = {.entry = {.count = 1, .reusable = true}}, SHIFT(11),
  [72] = {.entry = {.count = 1, .reusable = true}}, SHIFT(12),
  [74] = {.entry = {.count = 1, .reusable = true}}, SHIFT(65),
  [76] = {.entry = {.count = 1, .reusable = true}}, SHIFT(54),
  [78] = {.entry = {.count = 1, .reusable = false}}, SHIFT(15),
  [80] = {.entry = {.count = 1, .reusable = true}}, SHIFT(36),
  [82] = {.entry = {.count = 1, .reusable = true}}, SHIFT(37),
  [84] = {.entry = {.count = 1, .reusable = true}}, SHIFT(38),
  [86] = {.entry = {.count = 1, .reusable = false}}, SHIFT(53),
  [88] = {.entry = {.count = 1, .reusable = true}}, SHIFT(70),
  [90] = {.entry = {.count = 1, .reusable = true}}, SHIFT(53),
  [92] = {.entry = {.count = 1, .reusable = true}}, SHIFT(64),
  [94] = {.entry = {.count = 1, .reusable = true}}, SHIFT(69),
  [96] = {.entry = {.count = 1, .reusable = true}}, SHIFT(66),
  [98] = {.entry = {.count = 1, .reusable = true}}, SHIFT(90),
  [100] = {.entry = {.count = 1, .reusable = true}}, SHIFT(91),
  [102] = {.entry = {.count = 1, .reusable = true}}, SHIFT(96),
  [104] = {.entry = {.count = 1, .reusable = true}}, SHIFT(95),
  [106] = {.entry = {.count = 1, .reusable = true}}, SHIFT(43),
  [108] = {.entry = {.count = 1, .reusable = true}}, SHIFT(44),
  [110] = {.entry = {.count = 1, .reusable = true}}, SHIFT(51),
  [112] = {.entry = {.count = 1, .reusable = true}}, SHIFT(40),
  [114] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_separator, 1),
  [116] = {.entry = {.count = 1, .reusable = false}}, SHIFT(35),
  [118] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2),
  [120] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(20),
  [123] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(5),
  [126] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(3),
  [129] = {.entry = {.count = 2, .reusable = false}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(29),
  [132] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(34),
  [135] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(27),
  [138] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(26),
  [141] = {.entry = {.count = 2, .reusable = false}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(55),
  [144] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(73),
  [147] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 2), SHIFT_REPEAT(55),
  [150] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_source, 1),
  [152] = {.entry = {.count = 1, .reusable = true}}, SHIFT(62),
  [154] = {.entry = {.count = 1, .reusable = true}}, SHIFT(63),
  [156] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_source, 2),
  [158] = {.entry = {.count = 1, .reusable = true}}, SHIFT(101),
  [160] = {.entry = {.count = 1, .reusable = true}}, SHIFT(42),
  [162] = {.entry = {.count = 1, .reusable = true}}, SHIFT(94),
  [164] = {.entry = {.count = 1, .reusable = true}}, SHIFT(50),
  [166] = {.entry = {.count = 1, .reusable = true}}, SHIFT(22),
  [168] = {.entry = {.count = 1, .reusable = true}}, SHIFT(7),
  [170] = {.entry = {.count = 1, .reusable = true}}, SHIFT(8),
  [172] = {.entry = {.count = 1, .reusable = false}}, SHIFT(30),
  [174] = {.entry = {.count = 1, .reusable = true}}, SHIFT(31),
  [176] = {.entry = {.count = 1, .reusable = true}}, SHIFT(32),
  [178] = {.entry = {.count = 1, .reusable = true}}, SHIFT(33),
  [180] = {.entry = {.count = 1, .reusable = false}}, SHIFT(99),
  [182] = {.entry = {.count = 1, .reusable = true}}, SHIFT(71),
  [184] = {.entry = {.count = 1, .reusable = true}}, SHIFT(99),
  [186] = {.entry = {.count = 1, .reusable = false}}, SHIFT(87),
  [188] = {.entry = {.count = 1, .reusable = true}}, SHIFT(87),
  [190] = {.entry = {.count = 1, .reusable = false}}, SHIFT(88),
  [192] = {.entry = {.count = 1, .reusable = true}}, SHIFT(88),
  [194] = {.entry = {.count = 1, .reusable = false}}, SHIFT(89),
  [196] = {.entry = {.count = 1, .reusable = true}}, SHIFT(89),
  [198] = {.entry = {.count = 1, .reusable = false}}, SHIFT(93),
  [200] = {.entry = {.count = 1, .reusable = true}}, SHIFT(93),
  [202] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_bracket_repeat1, 1),
  [204] = {.entry = {.count = 1, .reusable = false}}, REDUCE(aux_sym_bracket_repeat1, 1),
  [206] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_brace, 3),
  [208] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_brace, 3),
  [210] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym__form, 1),
  [212] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym__form, 1),
  [214] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_list, 2),
  [216] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_list, 2),
  [218] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_bracket, 2),
  [220] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_bracket, 2),
  [222] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_brace, 2),
  [224] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_brace, 2),
  [226] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_unquote, 2),
  [228] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_unquote, 2),
  [230] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_quote, 2),
  [232] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_quote, 2),
  [234] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_quasiquote, 2),
  [236] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_quasiquote, 2),
  [238] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_unquote_splicing, 2),
  [240] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_unquote_splicing, 2),
  [242] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_string, 2),
  [244] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_string, 2),
  [246] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_list, 3),
  [248] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_list, 3),
  [250] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_bracket, 3),
  [252] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_bracket, 3),
  [254] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_string, 3),
  [256] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_string, 3),
  [258] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym__atom, 1),
  [260] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym__atom, 1),
  [262] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_separator, 1),
  [264] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_source_repeat1, 1),
  [266] = {.entry = {.count = 1, .reusable = false}}, REDUCE(aux_sym_source_repeat1, 1),
  [268] = {.entry = {.count = 1, .reusable = false}}, SHIFT_EXTRA(),
  [270] = {.entry = {.count = 1, .reusable = false}}, SHIFT(82),
  [272] = {.entry = {.count = 1, .reusable = false}}, SHIFT(28),
  [274] = {.entry = {.count = 1, .reusable = true}}, SHIFT(49),
  [276] = {.entry = {.count = 1, .reusable = true}}, SHIFT(81),
  [278] = {.entry = {.count = 1, .reusable = true}}, SHIFT(92),
  [280] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_string_repeat1, 2),
  [282] = {.entry = {.count = 2, .reusable = true}}, REDUCE(aux_sym_string_repeat1, 2), SHIFT_REPEAT(81),
  [285] = {.entry = {.count = 1, .reusable = true}}, SHIFT(61),
  [287] = {.entry = {.count = 1, .reusable = true}}, SHIFT(97),
  [289] = {.entry = {.count = 1, .reusable = true}}, SHIFT(67),
  [291] = {.entry = {.count = 1, .reusable = true}}, SHIFT(52),
  [293] = {.entry = {.count = 1, .reusable = false}}, SHIFT(77),
  [295] = {.entry = {.count = 1, .reusable = true}}, SHIFT(85),
  [297] = {.entry = {.count = 1, .reusable = false}}, SHIFT(84),
  [299] = {.entry = {.count = 1, .reusable = true}}, SHIFT(83),
  [301] = {.entry = {.count = 1, .reusable = true}}, SHIFT(98),
  [303] = {.entry = {.count = 2, .reusable = false}}, REDUCE(aux_sym_block_comment_repeat1, 2), SHIFT_REPEAT(77),
  [306] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_block_comment_repeat1, 2),
  [308] = {.entry = {.count = 2, .reusable = false}}, REDUCE(aux_sym_block_comment_repeat1, 2), SHIFT_REPEAT(84),
  [311] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_string_repeat1, 1),
  [313] = {.entry = {.count = 1, .reusable = true}}, SHIFT(100),
  [315] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_block_comment, 3),
  [317] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_block_comment, 3),
  [319] = {.entry = {.count = 1, .reusable = false}}, REDUCE(aux_sym_block_comment_repeat1, 1),
  [321] = {.entry = {.count = 1, .reusable = true}}, REDUCE(aux_sym_block_comment_repeat1, 1),
  [323] = {.entry = {.count = 1, .reusable = false}}, REDUCE(sym_block_comment, 2),
  [325] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_block_comment, 2),
  [327] = {.entry = {.count = 1, .reusable = true}},  ACCEPT_INPUT(),
  [329] = {.entry = {.count = 1, .reusable = true}}, REDUCE(sym_discard, 2),
};

#ifdef __cplusplus
extern "C" {
#endif
#ifdef _WIN32
#define extern __declspec(dllexport)
#endif

extern const TSLanguage *tree_sitter_fluentai(void) {
  static const TSLanguage language = {
    .version = LANGUAGE_VERSION,
    .symbol_count = SYMBOL_COUNT,
    .alias_count = ALIAS_COUNT,
    .token_count = TOKEN_COUNT,
    .external_token_count = EXTERNAL_TOKEN_COUNT,
    .state_count = STATE_COUNT,
    .large_state_count = LARGE_STATE_COUNT,
    .production_id_count = PRODUCTION_ID_COUNT,
    .field_count = FIELD_COUNT,
    .max_alias_sequence_length = MAX_ALIAS_SEQUENCE_LENGTH,
    .parse_table = &ts_parse_table[0][0],
    .small_parse_table = ts_small_parse_table,
    .small_parse_table_map = ts_small_parse_table_map,
    .parse_actions = ts_parse_actions,
    .symbol_names = ts_symbol_names,
    .symbol_metadata = ts_symbol_metadata,
    .public_symbol_map = ts_symbol_map,
    .alias_map = ts_non_terminal_alias_map,
    .alias_sequences = &ts_alias_sequences[0][0],
    .lex_modes = ts_lex_modes,
    .lex_fn = ts_lex,
    .primary_state_ids = ts_primary_state_ids,
  };
  return &language;
}
#ifdef __cplusplus
}
#endif
