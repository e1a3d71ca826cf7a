/* utf8.c: UTF-8: validity, counting, decoding, encoding. */
#include "flu/text.h"

#define HIGH_BITS 0x8080808080808080u

static uint64_t load(const char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* Code points: all bytes but the continuation bytes 10xxxxxx, eight at a time. */
size_t flu_utf8_count(const char *text, size_t size) {
    size_t continuations = 0, i = 0;
    for (; i + 8 <= size; i += 8) {
        uint64_t word = load(text + i);
        if (word & HIGH_BITS) continuations += (size_t)__builtin_popcountll(word & ~(word << 1) & HIGH_BITS);
    }
    for (; i < size; i++) continuations += ((unsigned char)text[i] & 0xc0) == 0x80;
    return size - continuations;
}

/* Length of the well-formed sequence at p (at most `left` bytes), 0 if there is none. Bounds of the second byte as in
 * table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing above 10FFFF. */
static size_t sequence_length(const unsigned char *p, size_t left) {
    unsigned lead = p[0], low = 0x80, high = 0xbf;
    size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length <= 1) return length;
    if (length > left) return 0;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    return length;
}

bool flu_utf8_valid(const char *text, size_t size) {
    size_t i = 0;
    while (i < size) {
        if (i + 8 <= size && !(load(text + i) & HIGH_BITS)) {
            i += 8;
            continue;
        }
        size_t length = sequence_length((const unsigned char *)text + i, size - i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

uint32_t flu_utf8_next(const char **text) {
    const unsigned char *p = (const unsigned char *)*text;
    uint32_t c = p[0];
    if (c < 0x80) return *text += 1, c;
    if (c < 0xe0) return *text += 2, (c & 0x1f) << 6 | (p[1] & 0x3f);
    if (c < 0xf0) return *text += 3, (c & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    *text += 4;
    return (c & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 | (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
}

size_t flu_utf8_put(char *out, uint32_t c) {
    if (c < 0x80) return out[0] = (char)c, 1;
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}
