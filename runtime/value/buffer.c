/* buffer.c: growable byte buffers. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "flu/print.h"
#include "flu/text.h"

void flu_buf_init(flu_buf *b) {
    b->data = b->local;
    b->size = 0;
    b->capacity = sizeof b->local;
    b->failed = false;
}

void flu_buf_free(flu_buf *b) {
    if (b->data != b->local) free(b->data);
}

static FLU_NOINLINE bool grow(flu_buf *b, size_t n) {
    size_t capacity = b->capacity * 2;
    if (n > SIZE_MAX / 4 - b->size) return b->failed = true, false;
    while (capacity < b->size + n) capacity *= 2;
    char *data = b->data == b->local ? malloc(capacity) : realloc(b->data, capacity);
    if (data == NULL) return b->failed = true, false;
    if (b->data == b->local) memcpy(data, b->local, b->size);
    b->data = data;
    b->capacity = capacity;
    return true;
}

bool flu_buf_reserve(flu_buf *b, size_t n) { return n <= b->capacity - b->size || grow(b, n); }

void flu_buf_add(flu_buf *b, const char *text, size_t size) {
    if (size == 0 || !flu_buf_reserve(b, size)) return; /* of nothing there may be no text */
    memcpy(b->data + b->size, text, size);
    b->size += size;
}

void flu_buf_puts(flu_buf *b, const char *text) { flu_buf_add(b, text, strlen(text)); }

void flu_buf_char(flu_buf *b, char c) {
    if (flu_buf_reserve(b, 1)) b->data[b->size++] = c;
}

void flu_buf_printf(flu_buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(b->data + b->size, b->capacity - b->size, format, args);
    va_end(args);
    if (n < 0) return;
    if ((size_t)n >= b->capacity - b->size) { /* with its NUL it did not fit */
        if (!flu_buf_reserve(b, (size_t)n + 1)) return;
        va_start(args, format);
        vsnprintf(b->data + b->size, b->capacity - b->size, format, args);
        va_end(args);
    }
    b->size += (size_t)n;
}

flu_value flu_buf_string(flu_worker *w, flu_buf *b, const char *proc) {
    if (b->failed || !flu_string_room(w, proc, b->size))
        return b->failed ? flu_raise(w, "out-of-memory", "%s: the text is too long", proc) : FLU_ABNORMAL;
    return flu_string_new(w, b->data, b->size);
}
