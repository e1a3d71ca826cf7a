/* bytes.c: byte strings, hexadecimal and base64. */
#include <flu/builtins.h>
#include <flu/collections.h>
#include <flu/number.h>
#include <flu/text.h>

#include <stdlib.h>

#include "value/arguments.h"

static flu_value not_bytes(flu_worker *w, const char *proc, flu_value v) {
    return flu_type_error(w, proc, 1, "bytes", v);
}

static flu_bytes *bytes_alloc(flu_worker *w, size_t size) { return FLU_BYTES(flu_bytes_new(w, size)); }

static flu_value bytes_of_items(flu_worker *w, const flu_value *items, size_t n, bool from_list) {
    flu_bytes *b = bytes_alloc(w, n);
    for (size_t i = 0; i < n; i++) {
        if (!flu_is_fix(items[i]) || flu_fix(items[i]) < 0 || flu_fix(items[i]) > 255)
            return flu_type_error(w, "bytes", from_list ? 1 : (int)i + 1, "an int from 0 to 255", items[i]);
        b->data[i] = (uint8_t)flu_fix(items[i]);
    }
    return FLU_VALUE(b);
}

flu_value flu_fn_bytes(flu_worker *w, int argc, const flu_value *argv) {
    flu_value *items;
    if (argc != 1 || flu_is_number(argv[0])) return bytes_of_items(w, argv, (size_t)argc, false);
    int64_t n = flu_seq_array(w, "bytes", 1, argv[0], &items);
    return n < 0 ? FLU_ABNORMAL : bytes_of_items(w, items, (size_t)n, true);
}

flu_value flu_fn_bytes_ref(flu_worker *w, flu_value v, flu_value i) {
    if (!flu_is_bytes(v)) return not_bytes(w, "bytes-ref", v);
    if (!flu_is_int(i)) return flu_type_error(w, "bytes-ref", 2, "an int", i);
    if (flu_is_fix(i) && (uint64_t)flu_fix(i) < flu_bytes_size(v)) return FLU_FIX(FLU_BYTES(v)->data[flu_fix(i)]);
    return flu_index_error(w, "bytes-ref", i, (int64_t)flu_bytes_size(v));
}

flu_value flu_fn_bytes_length(flu_worker *w, flu_value v) {
    return flu_is_bytes(v) ? FLU_FIX(flu_bytes_size(v)) : not_bytes(w, "bytes-length", v);
}

flu_value flu_fn_bytes_slice(flu_worker *w, flu_value v, flu_value start, flu_value end) {
    int64_t from, to;
    if (!flu_is_bytes(v)) return not_bytes(w, "bytes-slice", v);
    if (!flu_need_slice(w, "bytes-slice", start, end, (int64_t)flu_bytes_size(v), &from, &to)) return FLU_ABNORMAL;
    flu_bytes *b = bytes_alloc(w, (size_t)(to - from));
    memcpy(b->data, FLU_BYTES(v)->data + from, (size_t)(to - from));
    return FLU_VALUE(b);
}

/* The bytes of bytes, or of a string's UTF-8. False: thrown. */
static bool data_arg(flu_worker *w, const char *proc, flu_value v, const uint8_t **data, size_t *size) {
    if (flu_is_string(v)) {
        *data = (const uint8_t *)FLU_STR(v)->bytes;
        *size = flu_str_size(v);
    } else if (flu_is_bytes(v)) {
        *data = FLU_BYTES(v)->data;
        *size = flu_bytes_size(v);
    } else {
        flu_type_error(w, proc, 1, "bytes or a string", v);
        return false;
    }
    return true;
}

/* ---- hexadecimal ---- */

flu_value flu_fn_bytes_to_hex(flu_worker *w, flu_value v) {
    const uint8_t *data;
    size_t size;
    if (!data_arg(w, "bytes->hex", v, &data, &size) || !flu_string_room(w, "bytes->hex", size * 2)) return FLU_ABNORMAL;
    flu_string *s = flu_string_alloc(w, size * 2, size * 2);
    for (size_t i = 0; i < size; i++) {
        s->bytes[2 * i] = "0123456789abcdef"[data[i] >> 4];
        s->bytes[2 * i + 1] = "0123456789abcdef"[data[i] & 15];
    }
    return FLU_VALUE(s);
}

/* -1: not a hexadecimal digit. */
static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

flu_value flu_fn_hex_to_bytes(flu_worker *w, flu_value v) {
    if (!flu_is_string(v)) return flu_type_error(w, "hex->bytes", 1, "a string", v);
    size_t size = flu_str_size(v);
    const char *text = FLU_STR(v)->bytes;
    if (size % 2 != 0)
        return flu_raise(w, "parse-error", "hex->bytes: an odd number of digits (%zu): %s", size, flu_shown(w, v));
    flu_bytes *b = bytes_alloc(w, size / 2);
    for (size_t i = 0; i < size; i += 2) {
        int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0)
            return flu_raise(w, "parse-error", "hex->bytes: no hexadecimal digit at byte %zu of %s",
                             high < 0 ? i : i + 1, flu_shown(w, v));
        b->data[i / 2] = (uint8_t)(high << 4 | low);
    }
    return FLU_VALUE(b);
}

/* ---- base64 (RFC 4648, padded; "-" and "_" are read too, and so are missing padding and line ends) ---- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

flu_value flu_fn_base64_encode(flu_worker *w, flu_value v) {
    const uint8_t *data;
    size_t size;
    if (!data_arg(w, "base64-encode", v, &data, &size)) return FLU_ABNORMAL;
    size_t out_size = (size + 2) / 3 * 4;
    if (!flu_string_room(w, "base64-encode", out_size)) return FLU_ABNORMAL;
    flu_string *s = flu_string_alloc(w, out_size, out_size);
    char *out = s->bytes;
    for (size_t i = 0; i < size; i += 3) {
        size_t n = size - i < 3 ? size - i : 3;
        uint32_t group = (uint32_t)data[i] << 16 | (n > 1 ? (uint32_t)data[i + 1] << 8 : 0) | (n > 2 ? data[i + 2] : 0);
        *out++ = base64_digits[group >> 18];
        *out++ = base64_digits[group >> 12 & 63];
        *out++ = n > 1 ? base64_digits[group >> 6 & 63] : '=';
        *out++ = n > 2 ? base64_digits[group & 63] : '=';
    }
    return FLU_VALUE(s);
}

/* -1: not a digit. */
static int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* Decodes into out (room for size * 3 / 4); gives the number of bytes, or -1 with *bad the offset of what is wrong. */
static int64_t base64_decode(const char *text, size_t size, uint8_t *out, size_t *bad) {
    uint32_t group = 0, bits = 0;
    int64_t n = 0;
    size_t digits = 0, padding = 0;
    for (*bad = 0; *bad < size; ++*bad) {
        char c = text[*bad];
        if (c == '\n' || c == '\r') continue;
        if (c == '=' && ++padding <= 2) continue;
        int digit = base64_digit(c);
        if (digit < 0 || padding > 0) return -1;
        group = group << 6 | (uint32_t)digit;
        digits++;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out[n++] = (uint8_t)(group >> bits);
        group &= (1u << bits) - 1;
    }
    bool complete = digits % 4 != 1 && group == 0 && (padding == 0 || (digits + padding) % 4 == 0);
    return complete ? n : -1;
}

flu_value flu_fn_base64_decode(flu_worker *w, flu_value v) {
    if (!flu_is_string(v)) return flu_type_error(w, "base64-decode", 1, "a string", v);
    size_t size = flu_str_size(v), bad;
    flu_bytes *buffer = bytes_alloc(w, size / 4 * 3 + 3);
    int64_t n = base64_decode(FLU_STR(v)->bytes, size, buffer->data, &bad);
    if (n < 0)
        return flu_raise(w, "parse-error", "base64-decode: bad base64 text at byte %zu of %s", bad, flu_shown(w, v));
    flu_bytes *b = bytes_alloc(w, (size_t)n);
    memcpy(b->data, buffer->data, (size_t)n);
    return FLU_VALUE(b);
}
