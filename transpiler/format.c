/* format.c: the few conversions that emitted C consists of, without the generality of the C library's printf. */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct writer {
    char *to;
    size_t room, size; /* size may pass room: then bytes are only counted */
    va_list args;
} writer;

static inline void put(writer *w, const char *s, size_t n) {
    if (w->size < w->room && n < w->room - w->size) memcpy(w->to + w->size, s, n);
    w->size += n;
}

static void put_unsigned(writer *w, unsigned long long u, bool negative) {
    char digits[24], *end = digits + sizeof digits, *p = end;
    do {
        *--p = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (negative) *--p = '-';
    put(w, p, (size_t)(end - p));
}

static void put_signed(writer *w, long long i) {
    put_unsigned(w, i < 0 ? -(unsigned long long)i : (unsigned long long)i, i < 0);
}

/* Which conversion stands at s, behind the percent sign, and how long it is. */
typedef enum conversion {
    STRING,
    PART,
    CHARACTER,
    INT,
    LONG,
    LONG_LONG,
    UNSIGNED,
    UNSIGNED_LONG_LONG,
    SIZE,
    OTHER
} conversion;

static conversion read_conversion(const char *s, size_t *length) {
    *length = 1;
    switch (s[0]) {
    case 's': return STRING;
    case 'd': return INT;
    case 'u': return UNSIGNED;
    case 'c': return CHARACTER;
    default: break;
    }
    *length = 2;
    if (s[0] == 'z' && s[1] == 'u') return SIZE;
    if (s[0] == 'l' && s[1] == 'd') return LONG;
    *length = 3;
    if (!strncmp(s, ".*s", 3)) return PART;
    if (!strncmp(s, "lld", 3)) return LONG_LONG;
    if (!strncmp(s, "llu", 3)) return UNSIGNED_LONG_LONG;
    return OTHER;
}

static void convert(writer *w, conversion kind) {
    const char *s;
    int most;
    switch (kind) {
    case STRING:
        s = va_arg(w->args, const char *);
        put(w, s, strlen(s));
        break;
    case PART:
        most = va_arg(w->args, int);
        s = va_arg(w->args, const char *);
        put(w, s, strnlen(s, most < 0 ? SIZE_MAX : (size_t)most));
        break;
    case CHARACTER: put(w, (char[]){(char)va_arg(w->args, int)}, 1); break;
    case INT: put_signed(w, va_arg(w->args, int)); break;
    case LONG: put_signed(w, va_arg(w->args, long)); break;
    case LONG_LONG: put_signed(w, va_arg(w->args, long long)); break;
    case UNSIGNED: put_unsigned(w, va_arg(w->args, unsigned), false); break;
    case UNSIGNED_LONG_LONG: put_unsigned(w, va_arg(w->args, unsigned long long), false); break;
    case SIZE: put_unsigned(w, va_arg(w->args, size_t), false); break;
    case OTHER: break;
    }
}

/* From a conversion that is none of these to the end. */
static void put_rest(writer *w, const char *format) {
    bool fits = w->size < w->room;
    int n = vsnprintf(fits ? w->to + w->size : NULL, fits ? w->room - w->size : 0, format, w->args);
    if (n > 0) w->size += (size_t)n;
}

static void put_all(writer *w, const char *format) {
    for (;;) {
        const char *percent = strchr(format, '%');
        if (!percent) break;
        put(w, format, (size_t)(percent - format));
        size_t length;
        conversion kind = read_conversion(percent + 1, &length);
        if (kind == OTHER) {
            put_rest(w, percent);
            return;
        }
        convert(w, kind);
        format = percent + 1 + length;
    }
    put(w, format, strlen(format));
}

size_t format_text(char *to, size_t room, const char *format, va_list args) {
    writer w = {.to = to, .room = room};
    va_copy(w.args, args);
    put_all(&w, format);
    va_end(w.args);
    if (w.size < room) to[w.size] = '\0';
    return w.size;
}
