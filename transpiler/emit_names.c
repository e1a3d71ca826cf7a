/* emit_names.c: C identifiers for FluentAI names: fetch-data becomes fetch_data, empty? empty_p, set! set_x, a->b
 * a_to_b. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"

typedef struct name_entry {
    const char *name; /* interned */
    unsigned next;    /* number to try next for a clash */
    const char *base; /* in a table of bases: the identifier that the name gives if it is free, interned */
} name_entry;

struct name_set {
    const struct name_set *outer;
    name_entry *slots;
    size_t size, count;
    unsigned literals;      /* objects numbered so far */
    struct name_set *bases; /* names spelt already; one table for all sets */
    bool guarded;           /* of the table of bases: all get a prefix */
};

/* Identifiers that a definition or variable must not have: keywords, names the emitted code uses itself, and functions
 * that C compilers know by name (sorted). */
static const char *const reserved[] = {
    "NULL",      "abort",    "abs",      "acos",    "alignas",     "alignof", "alloca",   "asin",    "asm",
    "atan",      "atan2",    "auto",     "bcmp",    "bcopy",       "bool",    "break",    "bzero",   "cabs",
    "calloc",    "case",     "cbrt",     "ceil",    "char",        "clog",    "conj",     "const",   "constexpr",
    "continue",  "cos",      "cosh",     "cpow",    "default",     "div",     "do",       "double",  "drem",
    "else",      "enum",     "erf",      "exit",    "exp",         "exp10",   "exp2",     "expm1",   "extern",
    "fabs",      "false",    "fdim",     "ffs",     "float",       "floor",   "fma",      "fmax",    "fmin",
    "fmod",      "for",      "fork",     "frame",   "free",        "frexp",   "gamma",    "goto",    "hypot",
    "if",        "imaxabs",  "index",    "inline",  "int",         "isalnum", "isalpha",  "isascii", "isblank",
    "iscntrl",   "isdigit",  "isgraph",  "isinf",   "islower",     "isnan",   "isprint",  "ispunct", "isspace",
    "isupper",   "isxdigit", "j0",       "j1",      "jn",          "labs",    "ldexp",    "linux",   "llabs",
    "log",       "log10",    "log1p",    "log2",    "logb",        "long",    "lrint",    "lround",  "main",
    "malloc",    "memccpy",  "memchr",   "memcmp",  "memcpy",      "memmove", "mempcpy",  "memset",  "modf",
    "nan",       "pow",      "pow10",    "printf",  "putc",        "putchar", "puts",     "realloc", "register",
    "remainder", "remquo",   "restrict", "resume",  "return",      "rindex",  "rint",     "round",   "saved",
    "scalb",     "scanf",    "short",    "signed",  "significand", "sin",     "sinh",     "sizeof",  "snprintf",
    "sprintf",   "sqrt",     "sscanf",   "static",  "stpcpy",      "strcat",  "strchr",   "strcmp",  "strcpy",
    "strdup",    "strlen",   "strncat",  "strncmp", "strncpy",     "strndup", "strpbrk",  "strrchr", "strspn",
    "strstr",    "struct",   "switch",   "tan",     "tanh",        "tgamma",  "toascii",  "tolower", "toupper",
    "true",      "trunc",    "typedef",  "typeof",  "union",       "unix",    "unsigned", "v",       "void",
    "volatile",  "w",        "while",    "y0",      "y1",          "yn",
};

static int compare_names(const void *a, const void *b) { return strcmp(a, *(const char *const *)b); }

static bool is_reserved(const char *name) {
    if (!strncmp(name, "flu", 3) || name[0] == '_' || isupper((unsigned char)name[0])) return true;
    return bsearch(name, reserved, sizeof reserved / sizeof *reserved, sizeof *reserved, compare_names) != NULL;
}

struct name_set *name_set_new(const struct name_set *outer) {
    struct name_set *s = NEW(struct name_set);
    s->outer = outer;
    s->bases = outer ? outer->bases : NEW(struct name_set);
    return s;
}

static name_entry *find_slot(const struct name_set *s, const char *name) {
    size_t i = ((uintptr_t)name >> 4) * 0x9e3779b97f4a7c15u & (s->size - 1);
    while (s->slots[i].name && s->slots[i].name != name) i = (i + 1) & (s->size - 1);
    return &s->slots[i];
}

static void grow(struct name_set *s) {
    struct name_set bigger = *s;
    bigger.size = s->size ? s->size * 2 : 32;
    arena_region outer =
        arena_use(s->outer ? ARENA_SCRATCH : ARENA_KEPT); /* a function's names last as long as itself */
    bigger.slots = NEW_ARRAY(name_entry, bigger.size);
    arena_use(outer);
    for (size_t i = 0; i < s->size; i++)
        if (s->slots[i].name) *find_slot(&bigger, s->slots[i].name) = s->slots[i];
    *s = bigger;
}

static name_entry *find(const struct name_set *s, const char *name) {
    for (; s; s = s->outer) {
        name_entry *e = s->size ? find_slot(s, name) : NULL;
        if (e && e->name) return e;
    }
    return NULL;
}

static name_entry *insert(struct name_set *s, const char *name) {
    if (s->count * 2 >= s->size) grow(s);
    name_entry *e = find_slot(s, name);
    *e = (name_entry){.name = name, .next = 2};
    s->count++;
    return e;
}

void guard_identifiers(struct name_set *s) { s->bases->guarded = true; }

void reserve_identifier(struct name_set *s, const char *c_name) { insert(s, intern_cstr(c_name)); }

enum { MAX_IDENTIFIER = 48 };

typedef struct spelling {
    char c;
    const char *text;
} spelling;

static const spelling spellings[] = {
    {'?', "_p"},   {'!', "_x"},   {'*', "_star"},   {'+', "_plus"}, {'=', "_eq"},    {'<', "_lt"},
    {'>', "_gt"},  {'&', "_and"}, {'$', "_dollar"}, {'@', "_at"},   {'~', "_tilde"}, {'^', "_hat"},
    {'|', "_bar"}, {'-', "_"},    {'.', "_"},       {'/', "_"},     {':', "_"},      {'%', ""},
};

static const char *spell(char c) {
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (spellings[i].c == c) return spellings[i].text;
    return NULL;
}

/* Two underscores in a row are the emitter's: NAME__info and the like cannot clash with a program's names. */
static size_t drop_double_underscores(char *s, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (s[i] != '_' || kept == 0 || s[kept - 1] != '_') s[kept++] = s[i];
    s[kept] = 0;
    return kept;
}

static const char *spell_name(const char *name) {
    char out[MAX_IDENTIFIER + 16];
    size_t n = 0;
    for (const char *s = name; *s && n < MAX_IDENTIFIER; s++) {
        const char *text = spell(*s);
        if (s[0] == '-' && s[1] == '>') {
            text = "_to_";
            s++;
        }
        if (isalnum((unsigned char)*s) || *s == '_')
            out[n++] = *s;
        else if (text)
            n += (size_t)sprintf(out + n, "%s", text);
        else
            n += (size_t)sprintf(out + n, "_%02x", (unsigned char)*s);
    }
    out[n] = 0;
    n = drop_double_underscores(out, n);
    if (n == 0) return "x";
    return isdigit((unsigned char)out[0]) ? arena_printf("n%s", out) : arena_copy(out, n);
}

/* base: interned. */
static const char *unused_identifier(struct name_set *s, const char *base) {
    name_entry *clash = find(s, base);
    if (!clash) {
        insert(s, base);
        return base;
    }
    for (;;) {
        const char *numbered = intern_cstr(arena_printf("%s_%u", base, clash->next++));
        if (!find(s, numbered)) {
            insert(s, numbered);
            return numbered;
        }
    }
}

const char *c_spelling(const char *name) { return spell_name(name); }

static const char *base_of(struct name_set *bases, const char *name) {
    name = intern_cstr(name);
    name_entry *known = find(bases, name);
    if (known) return known->base;
    const char *base = spell_name(name);
    if (bases->guarded)
        base = arena_printf("l_%s", base);
    else if (is_reserved(base))
        base = arena_printf("%s%s_", base[0] == '_' ? "x" : "", base);
    base = intern_cstr(base);
    insert(bases, name)->base = base;
    return base;
}

const char *c_identifier(struct name_set *s, const char *name) { return unused_identifier(s, base_of(s->bases, name)); }

/* Both parts are spelt without double underscores, so no two names of different modules are equal. */
const char *linked_identifier(struct name_set *s, const char *module, const char *name) {
    return unused_identifier(s, intern_cstr(arena_printf("flum_%s__%s", spell_name(module), spell_name(name))));
}

const char *run_identifier(const char *module) { return arena_printf("flurun_%s", spell_name(module)); }

const char *literal_identifier(struct name_set *s, const char *kind, const char *text) {
    if (text) return unused_identifier(s, intern_cstr(arena_printf("%s__%s", kind, spell_name(text))));
    return arena_printf("%s__%u", kind, ++s->literals);
}

/* Neither the end nor the start of a comment, no trigraph and no spliced line may come of a name: a blank parts them.
 */
void print_in_comment(output *out, const char *text) {
    for (const char *s = text; *s; s++) {
        bool pair = (s[0] == '*' && s[1] == '/') || (s[0] == '/' && s[1] == '*') || (s[0] == '?' && s[1] == '?');
        out_char(out, (unsigned char)*s < ' ' || *s == '\\' ? '_' : *s);
        if (pair) out_char(out, ' ');
    }
}
