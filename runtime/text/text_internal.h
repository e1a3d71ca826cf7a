/* text_internal.h: what the readers and writers of text formats share (internal to runtime/text). */
#ifndef FLU_TEXT_INTERNAL_H
#define FLU_TEXT_INTERNAL_H

#include "flu/print.h"
#include "flu/text.h"

/* parse-error "PROC: line L, column C: MESSAGE" for the place `at` in text (from its first byte); data {:line L :column
 * C}. Lines end in LF, CR LF or CR; columns count code points; both from 1. Gives FLU_ABNORMAL. */
flu_value flu_text_error(flu_worker *w, const char *proc, const char *text, const char *at, const char *message);

/* What stands at `at` before end, for "found ..." in a message: a character in quotes, or "the end of the text". */
enum { FLU_FOUND_SIZE = 32 };
const char *flu_text_found(char out[FLU_FOUND_SIZE], const char *at, const char *end);

/* Appends v as JSON without white space, at one go. False after throwing what json-stringify throws. */
bool flu_json_put(flu_worker *w, flu_buf *b, flu_value v);

/* Eight bytes of text at once. */
FLU_INLINE uint64_t flu_load8(const char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

#define FLU_EACH_BYTE(c) (0x0101010101010101u * (uint8_t)(c))
#define FLU_HIGH_BITS    FLU_EACH_BYTE(0x80)

/* Nonzero if one of the eight bytes is a quote, a backslash or below space: what cannot stand for itself in a JSON
 * string. The lowest set bit is bit 7 of the first such byte (of a little-endian word). */
FLU_INLINE uint64_t flu_json_special(uint64_t word) {
    uint64_t quote = word ^ FLU_EACH_BYTE('"'), backslash = word ^ FLU_EACH_BYTE('\\');
    return (((quote - FLU_EACH_BYTE(1)) & ~quote) | ((backslash - FLU_EACH_BYTE(1)) & ~backslash) |
            ((word - FLU_EACH_BYTE(' ')) & ~word)) &
           FLU_HIGH_BITS;
}

/* The first byte at or behind p that is special in that sense, or end. *mixed gets the bits of all bytes before. */
FLU_INLINE const char *flu_json_plain(const char *p, const char *end, uint64_t *mixed) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    while (end - p >= 8) {
        uint64_t word = flu_load8(p), special = flu_json_special(word);
        if (special != 0) {
            unsigned bytes = (unsigned)__builtin_ctzll(special) / 8;
            *mixed |= word & (((uint64_t)1 << 8 * bytes) - 1);
            return p + bytes;
        }
        *mixed |= word;
        p += 8;
    }
#endif
    for (; p < end && (unsigned char)*p >= ' ' && *p != '"' && *p != '\\'; p++) *mixed |= (uint64_t)(unsigned char)*p;
    return p;
}

#endif
