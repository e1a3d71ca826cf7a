/* tool_check.c: flc2c check: what is wrong with files, for people and, with --json, for programs. */
#include "tool_json.h"
#include "tools.h"

static void add_place(span at, text *out) {
    uint32_t line, column;
    source_position(at.src, at.start, &line, &column);
    text_printf(out, ",\"line\":%u,\"column\":%u", line, column);
    source_position(at.src, at.end, &line, &column);
    text_printf(out, ",\"endLine\":%u,\"endColumn\":%u", line, column);
}

static void add_item(const diag_item *item, const char *path, text *out) {
    text_add(out, out->size > 1 ? ",\n {\"file\":" : "\n {\"file\":");
    json_add_text(out, item->at.src ? item->at.src->path : path);
    if (item->at.src) add_place(item->at, out);
    text_printf(out, ",\"severity\":\"%s\",\"code\":\"%s\",\"message\":", item->sev == DIAG_ERROR ? "error" : "warning",
                diag_code_name(item->code));
    json_add_text(out, item->text);
    if (item->hint) {
        text_add(out, ",\"hint\":");
        json_add_text(out, item->hint);
    }
    text_add(out, "}");
}

static bool check_file(const driver_options *o, const char *path, text *json) {
    diag *d = diag_new(stderr, o->color);
    check_program(path, &o->compile, d, NULL, NULL);
    size_t count;
    if (!o->json) diag_flush(d);
    const diag_item *items = diag_take(d, &count);
    for (size_t i = 0; i < count; i++) add_item(&items[i], path, json);
    return !diag_failed(d);
}

int check_command(const driver_options *o) {
    int status = STATUS_OK;
    text json = {0};
    text_add(&json, "[");
    for (size_t i = 0; i < o->file_count; i++)
        if (!check_file(o, o->files[i], &json)) status = STATUS_FAILED;
    if (o->json) printf("%s\n]\n", text_chars(&json));
    return status;
}
