/* logger.c: (logger:info message [data]) and its relatives: one line on standard error for each message. What is
 * written, and in which form, log_setting.c says. */
#include "flu/builtins.h"
#include "flu/collections.h"
#include "flu/literal.h"
#include "flu/print.h"
#include "flu/sched.h"
#include "log_setting.h"
#include "text_internal.h"
#include "time/time_internal.h"

static const char *const level_labels[LOG_LEVELS] = {"DEBUG", "INFO ", "WARN ", "ERROR", ""};

flu_value flu_logger_set_level(flu_worker *w, flu_value v) {
    flu_log_level level = LOG_LEVELS;
    if (flu_is_string(v))
        level = flu_log_level_of(FLU_STR(v)->bytes, flu_str_size(v));
    else if (flu_is_keyword(v) || flu_is_symbol(v))
        level = flu_log_level_of(FLU_SYM(v)->name, flu_header_size(FLU_SYM(v)->h));
    else
        return flu_type_error(w, "logger:set-level", 1, "a keyword, symbol or string", v);
    if (level == LOG_LEVELS) {
        flu_value shown = flu_repr_string(w, v, 60);
        return flu_raise_data(w, "domain-error", v,
                              "logger:set-level: argument 1 must be :debug, :info, :warn, :error or :off, got %s",
                              FLU_STR(shown)->bytes);
    }
    atomic_store_explicit(&flu_log.least, level, memory_order_relaxed);
    return FLU_NIL;
}

/* ---- lines ---- */

static void put_displayed_json(flu_worker *w, flu_buf *b, flu_value v) {
    flu_buf text;
    flu_buf_init(&text);
    flu_display(w, &text, v);
    flu_value s = flu_string_new(w, text.data, text.size);
    flu_buf_free(&text);
    flu_json_put(w, b, s);
}

/* v as JSON, or where it cannot be written so its text. */
static void put_json(flu_worker *w, flu_buf *b, flu_value v) {
    size_t before = b->size;
    if (flu_json_put(w, b, v)) return;
    flu_catch(w);
    b->size = before;
    put_displayed_json(w, b, v);
}

static void put_json_line(flu_worker *w, flu_buf *b, flu_log_level level, flu_value message, flu_value data) {
    flu_buf_puts(b, "{\"time\":\"");
    flu_datetime_put_iso(b, flu_wall_ms(w), true);
    flu_buf_printf(b, "\",\"level\":\"%s\",\"message\":", flu_log_level_names[level]);
    put_displayed_json(w, b, message);
    if (data != FLU_UNDEF) {
        flu_buf_puts(b, ",\"data\":");
        put_json(w, b, data);
    }
    flu_buf_puts(b, "}\n");
}

static void put_text_line(flu_worker *w, flu_buf *b, flu_log_level level, flu_value message, flu_value data) {
    flu_datetime_put_iso(b, flu_wall_ms(w), true);
    flu_buf_printf(b, " %s ", level_labels[level]);
    flu_display(w, b, message);
    if (data != FLU_UNDEF) {
        flu_buf_char(b, ' ');
        flu_repr(w, b, data);
    }
    flu_buf_char(b, '\n');
}

/* What cannot be written is lost: a program must not fail because of its log. */
static flu_value write_log(flu_worker *w, flu_log_level level, flu_value message, flu_value data) {
    flu_buf b;
    if ((int)level < atomic_load_explicit(&flu_log.least, memory_order_relaxed)) return FLU_NIL;
    flu_buf_init(&b);
    (flu_log.as_json ? put_json_line : put_text_line)(w, &b, level, message, data);
    if (!b.failed) flu_err_write(b.data, b.size);
    flu_buf_free(&b);
    return FLU_NIL;
}

flu_value flu_logger_debug(flu_worker *w, flu_value message, flu_value data) {
    return write_log(w, LOG_DEBUG, message, data);
}
flu_value flu_logger_info(flu_worker *w, flu_value message, flu_value data) {
    return write_log(w, LOG_INFO, message, data);
}
flu_value flu_logger_warn(flu_worker *w, flu_value message, flu_value data) {
    return write_log(w, LOG_WARN, message, data);
}
flu_value flu_logger_error(flu_worker *w, flu_value message, flu_value data) {
    return write_log(w, LOG_ERROR, message, data);
}
