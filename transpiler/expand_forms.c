/* expand_forms.c: the tables of names that the expander knows. Each is sorted by strcmp. */
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "text.h"

/* clang-format off */
static const special_form special_forms[] = {
    { "->",               1, -1, expand_arrow,         "(-> x (f a ...) g ...)" },
    { "->>",              1, -1, expand_arrow_last,    "(->> x (f a ...) g ...)" },
    { "..",               0, -1, expand_misplaced,     "(match x (1..5 ...))" },
    { "..=",              0, -1, expand_misplaced,     "(match x (1..=5 ...))" },
    { "and",              0, -1, expand_and,           "(and a b ...)" },
    { "assert",           1,  2, expand_assert,        "(assert test [message])" },
    { "async",            1, -1, expand_async,         "(async expression) or (async (params ...) body ...)" },
    { "async-fn",         1, -1, expand_async_fn,      "(async-fn (params ...) body ...)" },
    { "begin",            0, -1, expand_begin,         "(begin e ...)" },
    { "case",             1, -1, expand_case,          "(case x (datum body ...) ((d1 d2) body ...) (else body ...))" },
    { "catch",            0, -1, expand_misplaced,     "(try body ... (catch pattern handler ...))" },
    { "cond",             0, -1, expand_cond,          "(cond (test body ...) ... (else body ...))" },
    { "define",           1, -1, expand_define,        "(define name expression) or (define (name params ...) body ...)" },
    { "define-actor",     1, -1, expand_define,        "(define-actor name (state init) (receive (pattern body ...) ...))" },
    { "define-async",     1, -1, expand_define,        "(define-async (name params ...) body ...)" },
    { "define-c",         3, -1, expand_define,        "(define-c (cbrt (x float)) float \"cbrt\" :header \"<math.h>\" :lib \"m\")" },
    { "define-effect",     2, -1, expand_define_effect, "(define-effect type (op param ...) ...)" },
    { "define-generator",   2, -1, expand_define,        "(define-generator (name params ...) body ... (yield v) ...)" },
    { "define-record",    2,  2, expand_define,        "(define-record name (field ...))" },
    { "define-supervisor", 1, -1, expand_define,       "(define-supervisor name (strategy one-for-one) (intensity 3 5000) (child id expression) ...)" },
    { "define-syntax",    2,  2, expand_define,        "(define-syntax name (syntax-rules () ((_ x ...) template) ...))" },
    { "define-type",      2, -1, expand_define,        "(define-type Name (Variant field ...) ... Constant ...)" },
    { "do",               0, -1, expand_begin,         "(do e ...)" },
    { "dotimes",          1, -1, expand_dotimes,       "(dotimes (i n) body ...)" },
    { "effect",           1, -1, expand_effect,        "(effect type:op args ...)" },
    { "export",           0, -1, expand_misplaced_module, "(export name (name as other) ...)" },
    { "finally",          0, -1, expand_misplaced,     "(try body ... (finally cleanup ...))" },
    { "fn",               1, -1, expand_lambda,        "(fn (params ...) body ...)" },
    { "for-each-recv",    1, -1, expand_for_each_recv, "(for-each-recv (x channel) body ...)" },
    { "for-stream",         1, -1, expand_for_stream,    "(for-stream (x stream) body ...)" },
    { "go",               1,  1, expand_spawn,         "(go expression); several forms: (go (do ...))" },
    { "if",               2,  3, expand_if,            "(if test then [else]); several forms: (do ...)" },
    { "import",           0, -1, expand_misplaced_module, "(import \"path\" (name ...))" },
    { "lambda",           1, -1, expand_lambda,        "(lambda (params ...) body ...)" },
    { "let",              1, -1, expand_let,           "(let ((name e) ...) body ...) or (let name ((param e) ...) body ...)" },
    { "let*",             1, -1, expand_let,           "(let* ((name e) ...) body ...)" },
    { "let-syntax",       1, -1, expand_let_syntax,    "(let-syntax ((name (syntax-rules () ((_ x ...) template) ...)) ...) body ...)" },
    { "letrec",           1, -1, expand_letrec,        "(letrec ((name e) ...) body ...)" },
    { "letrec-syntax",    1, -1, expand_let_syntax,    "(letrec-syntax ((name (syntax-rules () ((_ x ...) template) ...)) ...) body ...)" },
    { "match",            1, -1, expand_match,         "(match value (pattern body ...) ...)" },
    { "module",           0, -1, expand_misplaced_module, "(module name (export name ...) body ...)" },
    { "or",               0, -1, expand_or,            "(or a b ...)" },
    { "promise",          1,  1, expand_promise,       "(promise expression) or (promise (lambda (resolve reject) ...))" },
    { "quasiquote",       1,  1, expand_quasiquote,    "(quasiquote x) or `x" },
    { "quote",            1,  1, expand_quote,         "(quote x) or 'x" },
    { "select",           0, -1, expand_select,        "(select ((recv! ch) (fn (v) ...)) ... (timeout ms body ...))" },
    { "set!",             2,  2, expand_set,           "(set! name expression)" },
    { "spawn",            1,  1, expand_spawn,         "(spawn expression); several forms: (spawn (do ...))" },
    { "spawn-daemon",     1,  1, expand_spawn_daemon,  "(spawn-daemon expression)" },
    { "spec:contract",    1, -1, expand_define,        "(spec:contract f :requires [test ...] :ensures [test ...])" },
    { "syntax-rules",     0, -1, expand_misplaced,     "(define-syntax name (syntax-rules () ((_ x ...) template) ...))" },
    { "try",              0, -1, expand_try,           "(try body ... (catch pattern handler ...) ... (finally cleanup ...))" },
    { "unless",           1, -1, expand_unless,        "(unless test body ...)" },
    { "unquote",          0, -1, expand_misplaced,     "`(a ,b)" },
    { "unquote-splicing", 0, -1, expand_misplaced,     "`(a ,@b)" },
    { "when",             1, -1, expand_when,          "(when test body ...)" },
    { "while",            1, -1, expand_while,         "(while test body ...)" },
    { "with-cancel",       1, -1, expand_with_cancel,   "(with-cancel token body ...)" },
    { "with-deadline",     1, -1, expand_with_deadline, "(with-deadline time body ...), time by the clock of (monotonic-ms)" },
    { "with-isolated-state", 0, -1, expand_with_isolated_state, "(with-isolated-state body ...)" },
    { "with-lock",        1, -1, expand_with_lock,     "(with-lock mutex body ...)" },
    { "with-open-file",    1, -1, expand_with_open_file, "(with-open-file (name path mode) body ...)" },
    { "with-permit",      1, -1, expand_with_permit,   "(with-permit semaphore body ...)" },
    { "with-read-lock",   1, -1, expand_with_read_lock, "(with-read-lock rw-lock body ...)" },
    { "with-resource",     1, -1, expand_with_resource, "(with-resource (name acquire release) body ...)" },
    { "with-tasks",        1, -1, expand_with_tasks,    "(with-tasks (g) ... (spawn-in g expression) ...)" },
    { "with-timeout",      1, -1, expand_with_timeout,  "(with-timeout milliseconds body ...)" },
    { "with-virtual-time", 0, -1, expand_virtual_time, "(with-virtual-time body ...)" },
    { "with-write-lock",  1, -1, expand_with_write_lock, "(with-write-lock rw-lock body ...)" },
    { "yield",              1,  1, expand_yield,         "(yield value)" },
};

/* What a program may define itself, at top level too. Sorted as well. */
static const special_form call_forms[] = {
    { "!",           2,  2, expand_tell,         "(! target (tag field ...))" },
    { "actor",       2,  2, expand_actor,        "(actor initial-state (lambda (state message) ... next-state))" },
    { "ask",         2,  3, expand_ask,          "(ask target (tag argument ...) [milliseconds])" },
    { "assert-equal", 2, 3, expand_assert_equal, "(assert-equal expected actual [message])" },
    { "assert-error", 1, -1, expand_assert_error, "(assert-error kind body ...)" },
    { "broadcast!",  2,  2, expand_broadcast,    "(broadcast! broadcaster message)" },
    { "child-spec",  2, -1, expand_child_spec,   "(child-spec id expression :restart permanent :shutdown 5000 ...)" },
    { "defer",       1,  1, expand_defer,        "(defer expression); several forms: (defer (do ...))" },
    { "deftest",     1, -1, expand_deftest,      "(deftest \"name\" body ...)" },
    { "generator",          0, -1, expand_generator,     "(generator body ... (yield v) ...)" },
    { "handler",           1, -1, expand_handler,       "(handler ((type:op (fn (args ...) ...)) ...) body ...)" },
    { "message",     1, -1, expand_make_message, "(message tag argument ...)" },
    { "receive",     0, -1, expand_receive,      "(receive (pattern body ...) ... (after ms body ...))" },
    { "reply!",      2,  2, expand_tell,         "(reply! handle message)" },
    { "router",      0, -1, expand_router,       "(router (GET \"/users/:id\" handler) ...)" },
    { "send-after",  3,  3, expand_send_after,   "(send-after ms target message)" },
    { "send-every",  3,  3, expand_send_every,   "(send-every ms target message)" },
    { "shield",      0, -1, expand_shield,       "(shield body ...)" },
    { "spawn-actor", 1, -1, expand_spawn_actor,  "(spawn-actor name argument ... [:name \"registered\"] [:link true] [:monitor true])" },
    { "spawn-in",    2,  2, expand_spawn_in,     "(spawn-in g expression)" },
    { "supervisor",  0, -1, expand_supervisor,   "(supervisor :strategy 'one-for-one :intensity 3 :period 5000 :children [...])" },
};

typedef struct effect_row {
    const char *effect, *function;
} effect_row;

/* Effects whose default answer is a call of a library function. */
static const effect_row effects[] = {
    { "async:all", "promise-all" },
    { "async:all-settled", "promise-all-settled" },
    { "async:any", "promise-any" },
    { "async:await", "await" },
    { "async:cancel", "cancel" },
    { "async:catch", "catch-error" },
    { "async:deferred", "deferred" },
    { "async:delay", "delay" },
    { "async:finally", "finally-do" },
    { "async:map", "promise-map" },
    { "async:race", "promise-race" },
    { "async:reject", "reject!" },
    { "async:rejected", "rejected" },
    { "async:resolve", "resolve!" },
    { "async:resolved", "resolved" },
    { "async:self", "self" },
    { "async:sleep", "sleep" },
    { "async:spawn", "%go" },
    { "async:then", "then" },
    { "async:timeout", "timeout" },
    { "async:yield", "yield-now" },
    { "concurrent:acquire", "acquire!" },
    { "concurrent:atom", "atom" },
    { "concurrent:barrier", "barrier" },
    { "concurrent:barrier-wait", "barrier-wait!" },
    { "concurrent:cdict", "cdict" },
    { "concurrent:cdict->dict", "cdict->dict" },
    { "concurrent:cdict-delete", "cdict-delete!" },
    { "concurrent:cdict-get", "cdict-get" },
    { "concurrent:cdict-set", "cdict-set!" },
    { "concurrent:cdict-update", "cdict-update!" },
    { "concurrent:compare-and-set", "compare-and-set!" },
    { "concurrent:count-down", "count-down!" },
    { "concurrent:dequeue", "dequeue!" },
    { "concurrent:deref", "deref" },
    { "concurrent:enqueue", "enqueue!" },
    { "concurrent:event", "event" },
    { "concurrent:event-reset", "event-reset!" },
    { "concurrent:event-set", "event-set!" },
    { "concurrent:event-wait", "event-wait!" },
    { "concurrent:latch", "latch" },
    { "concurrent:latch-wait", "latch-wait!" },
    { "concurrent:lock", "acquire!" },
    { "concurrent:mutex", "mutex" },
    { "concurrent:once", "once" },
    { "concurrent:priority-queue", "priority-queue" },
    { "concurrent:queue", "queue" },
    { "concurrent:queue-close", "queue-close!" },
    { "concurrent:rate-limit", "rate-limit!" },
    { "concurrent:rate-limiter", "rate-limiter" },
    { "concurrent:release", "release!" },
    { "concurrent:reset", "reset!" },
    { "concurrent:rw-lock", "rw-lock" },
    { "concurrent:semaphore", "semaphore" },
    { "concurrent:swap", "swap!" },
    { "concurrent:try-dequeue", "try-dequeue!" },
    { "concurrent:try-enqueue", "try-enqueue!" },
    { "concurrent:unlock", "release!" },
    { "concurrent:wait-group", "wait-group" },
    { "concurrent:wg-add", "wg-add!" },
    { "concurrent:wg-done", "wg-done!" },
    { "concurrent:wg-wait", "wg-wait!" },
    { "error:raise", "error" },
    { "gc:collect", "%gc-collect" },
    { "gc:stats", "%gc-stats" },
    { "io:append-file", "file-append" },
    { "io:delete-file", "file-delete" },
    { "io:file-exists?", "file-exists?" },
    { "io:list-dir", "dir-list" },
    { "io:print", "print" },
    { "io:print-error", "print-error" },
    { "io:print-line", "print-line" },
    { "io:read-file", "file-read" },
    { "io:read-line", "read-line" },
    { "io:write-file", "file-write" },
    { "logger:debug", "logger:debug" },
    { "logger:error", "logger:error" },
    { "logger:info", "logger:info" },
    { "logger:set-level", "logger:set-level" },
    { "logger:warn", "logger:warn" },
    { "network:fetch", "http-get" },
    { "network:get", "http-get" },
    { "network:post", "http-post" },
    { "process:args", "args" },
    { "process:env", "getenv" },
    { "process:exit", "exit" },
    { "process:run", "process-run" },
    { "random:bool", "%random-bool" },
    { "random:choice", "%random-choice" },
    { "random:float", "random" },
    { "random:int", "random-int" },
    { "random:seed", "random-seed" },
    { "random:shuffle", "%random-shuffle" },
    { "state:begin-transaction", "%state-begin" },
    { "state:clear", "%state-clear" },
    { "state:commit-transaction", "%state-commit" },
    { "state:delete", "%state-delete" },
    { "state:get", "%state-get" },
    { "state:rollback-transaction", "%state-rollback" },
    { "state:set", "%state-set" },
    { "state:update", "%state-update" },
    { "time:elapsed", "%time-elapsed" },
    { "time:format", "%time-format" },
    { "time:now", "now" },
    { "time:sleep", "sleep" },
};

/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof *(table))

static int compare_form(const void *name, const void *row) {
    return compare_texts(name, ((const special_form *)row)->name);
}

const special_form *special_form_find(const char *name) {
    return bsearch(name, special_forms, COUNT(special_forms), sizeof *special_forms, compare_form);
}

const special_form *call_form_find(const char *name) {
    return bsearch(name, call_forms, COUNT(call_forms), sizeof *call_forms, compare_form);
}

const char *const *special_form_names(size_t *count) {
    static const char *names[COUNT(special_forms) + COUNT(call_forms)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(special_forms); i++) names[n++] = special_forms[i].name;
    for (size_t i = 0; i < COUNT(call_forms); i++) names[n++] = call_forms[i].name;
    *count = n;
    return names;
}

static int compare_effect(const void *name, const void *row) {
    return compare_texts(name, ((const effect_row *)row)->effect);
}

const char *effect_function(const char *effect) {
    const effect_row *row = bsearch(effect, effects, COUNT(effects), sizeof *effects, compare_effect);
    size_t size = strlen(effect);
    /* concurrent:swap! is as good as concurrent:swap. */
    if (!row && strncmp(effect, "concurrent:", 11) == 0 && effect[size - 1] == '!')
        return effect_function(arena_printf("%.*s", (int)size - 1, effect));
    return row ? row->function : NULL;
}

const char *function_effect(const char *function, size_t i) {
    for (size_t k = 0; k < COUNT(effects); k++)
        if (strcmp(effects[k].function, function) == 0 && i-- == 0) return effects[k].effect;
    return NULL;
}

const char *special_forms_disorder(void) {
    for (size_t i = 1; i < COUNT(special_forms); i++)
        if (strcmp(special_forms[i - 1].name, special_forms[i].name) >= 0) return special_forms[i].name;
    for (size_t i = 1; i < COUNT(call_forms); i++)
        if (strcmp(call_forms[i - 1].name, call_forms[i].name) >= 0) return call_forms[i].name;
    for (size_t i = 1; i < COUNT(effects); i++)
        if (strcmp(effects[i - 1].effect, effects[i].effect) >= 0) return effects[i].effect;
    return NULL;
}
