/* tool_lsp.c: flc2c lsp: messages in and out, and the state of the session.
 *
 * Malformed input is answered where the protocol has an answer, else passed over: the session ends with the message
 * exit or the end of the input, and with nothing else. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool_lsp.h"
#include "tools.h"

enum {
    MAX_MESSAGE = 256 << 20, /* bytes */
    MAX_SECONDS = 30,        /* of processor time for an answer */
    /* JSON-RPC */
    PARSE_ERROR = -32700,
    INVALID_REQUEST = -32600,
    METHOD_NOT_FOUND = -32601,
    INVALID_PARAMS = -32602,
    INTERNAL_ERROR = -32603,
    NOT_INITIALIZED = -32002,
    REQUEST_FAILED = -32803,
};

/* ---- messages out ---- */

/* Nobody may read any more: then the end of the input follows. */
static void send_body(const text *body) {
    const char *head = arena_printf("Content-Length: %zu\r\n\r\n", body->size);
    if (write_bytes(STDOUT_FILENO, head, strlen(head))) write_bytes(STDOUT_FILENO, body->chars, body->size);
}

static void begin_reply(text *body, const json *id) {
    text_add(body, "{\"jsonrpc\":\"2.0\",\"id\":");
    if (id)
        text_add_bytes(body, id->raw, id->raw_size);
    else
        text_add(body, "null");
}

static void reply(const json *id, const char *result, size_t size) {
    text body = {0};
    begin_reply(&body, id);
    text_add(&body, ",\"result\":");
    text_add_bytes(&body, result, size);
    text_add(&body, "}");
    send_body(&body);
}

static void reply_error(const json *id, int code, const char *message) {
    text body = {0};
    begin_reply(&body, id);
    text_printf(&body, ",\"error\":{\"code\":%d,\"message\":", code);
    json_add_text(&body, message);
    text_add(&body, "}}");
    send_body(&body);
}

/* ---- answers, each in its own process ---- */

/* Gives the modules that the compiler reads the texts of the open documents. */
static void provide_documents(const lsp_server *s) {
    arena_use(ARENA_KEPT);
    for (size_t i = 0; i < s->count; i++)
        source_provide(s->documents[i].path, s->documents[i].text, s->documents[i].size);
}

/* What the process writes, and true if it ended well. */
static bool collect(pid_t pid, int fd, text *out) {
    char chunk[1 << 16];
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) != 0) {
        if (n < 0 && errno != EINTR) break;
        if (n > 0) text_add_bytes(out, chunk, (size_t)n);
    }
    close(fd);
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Starts the process that answers; 0 in it. *fd: where its answer is read, or written. -1: it cannot be started. */
static pid_t start_answer(int *fd) {
    int ends[2];
    if (pipe(ends) != 0) return -1;
    pid_t pid = fork();
    *fd = ends[pid == 0];
    close(ends[pid != 0]);
    if (pid < 0) close(*fd);
    if (pid == 0) alarm(MAX_SECONDS);
    return pid;
}

_Noreturn static void finish_answer(int fd, const text *out) {
    write_bytes(fd, text_chars(out), out->size);
    _exit(0);
}

/* The first byte of what the process writes says whether it is a result. */
static void answer(lsp_server *s, const json *id, const lsp_document *doc, lsp_handler *handler, const json *params) {
    int fd;
    pid_t pid = start_answer(&fd);
    if (pid == 0) {
        lsp_answer a = {0};
        text out = {0};
        provide_documents(s);
        handler(s, doc, params, &a);
        text_add(&out, a.error ? "!" : "=");
        if (a.error)
            text_add(&out, a.error);
        else
            text_add_bytes(&out, text_chars(&a.result), a.result.size);
        finish_answer(fd, &out);
    }
    text got = {0};
    if (pid < 0 || !collect(pid, fd, &got) || got.size == 0)
        reply_error(id, INTERNAL_ERROR, "flc2c could not answer this: please report it with the file");
    else if (got.chars[0] == '!')
        reply_error(id, REQUEST_FAILED, got.chars + 1);
    else
        reply(id, got.chars + 1, got.size - 1);
}

static void publish(lsp_server *s, lsp_document *doc) {
    int fd;
    pid_t pid = start_answer(&fd);
    doc->dirty = false;
    if (pid == 0) {
        text out = {0};
        provide_documents(s);
        lsp_diagnose(s, doc, &out);
        finish_answer(fd, &out);
    }
    text got = {0}, body = {0};
    if (pid < 0 || !collect(pid, fd, &got)) return;
    text_add(&body, "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/publishDiagnostics\",\"params\":");
    text_add_bytes(&body, got.chars, got.size);
    text_add(&body, "}");
    send_body(&body);
}

static void publish_dirty(lsp_server *s) {
    for (size_t i = 0; i < s->count; i++)
        if (s->documents[i].dirty) publish(s, &s->documents[i]);
}

/* ---- the session ---- */

static bool offers_utf8(const json *params) {
    const json *offered = json_get(json_get(json_get(params, "capabilities"), "general"), "positionEncodings");
    for (size_t i = 0; json_at(offered, i); i++)
        if (strcmp(json_text(json_at(offered, i)), "utf-8") == 0) return true;
    return false;
}

static char *root_of(const json *params) {
    const json *folder = json_at(json_get(params, "workspaceFolders"), 0);
    const char *uri = json_text(json_get(folder, "uri"));
    if (!*uri) uri = json_text(json_get(params, "rootUri"));
    if (!*uri) uri = json_text(json_get(params, "rootPath"));
    return *uri ? lsp_path_of(uri) : NULL;
}

static void initialize(lsp_server *s, const json *id, const json *params) {
    s->initialized = true;
    s->utf8 = offers_utf8(params);
    free(s->root);
    s->root = root_of(params);
    const char *result = arena_printf(
        "{\"capabilities\":{\"positionEncoding\":\"%s\",\"textDocumentSync\":{\"openClose\":true,\"change\":2,\"save\":"
        "true},"
        "\"hoverProvider\":true,\"definitionProvider\":true,\"referencesProvider\":true,"
        "\"documentHighlightProvider\":true,\"documentSymbolProvider\":true,\"documentFormattingProvider\":true,"
        "\"completionProvider\":{},\"renameProvider\":{\"prepareProvider\":true}},"
        "\"serverInfo\":{\"name\":\"flc2c\",\"version\":\"%s\"}}",
        s->utf8 ? "utf-8" : "utf-16", FLC2C_VERSION);
    reply(id, result, strlen(result));
}

static void clear_diagnostics(const char *uri) {
    text body = {0};
    text_add(&body, "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/publishDiagnostics\",\"params\":{\"uri\":");
    json_add_text(&body, uri);
    text_add(&body, ",\"diagnostics\":[]}}");
    send_body(&body);
}

static void touch_all(lsp_server *s) {
    for (size_t i = 0; i < s->count; i++) s->documents[i].dirty = true;
}

static void take_notification(lsp_server *s, const char *method, const json *params) {
    const json *document = json_get(params, "textDocument"), *fresh = json_get(document, "text");
    const char *uri = json_text(json_get(document, "uri"));
    lsp_document *doc = lsp_find(s, uri);
    if (strcmp(method, "textDocument/didOpen") == 0 && *uri && fresh && fresh->kind == JSON_STRING) {
        lsp_open(s, uri, fresh->text, fresh->size);
    } else if (strcmp(method, "textDocument/didChange") == 0 && doc) {
        const json *changes = json_get(params, "contentChanges");
        for (size_t i = 0; json_at(changes, i); i++) lsp_change(s, doc, json_at(changes, i));
    } else if (strcmp(method, "textDocument/didSave") == 0) {
        touch_all(s); /* modules that others import may have changed */
    } else if (strcmp(method, "textDocument/didClose") == 0 && doc) {
        clear_diagnostics(uri);
        lsp_close(s, uri);
    }
}

static void take_request(lsp_server *s, const json *id, const char *method, const json *params) {
    lsp_handler *handler = lsp_handler_of(method);
    if (strcmp(method, "initialize") == 0) {
        initialize(s, id, params);
        return;
    }
    if (!s->initialized) {
        reply_error(id, NOT_INITIALIZED, "the first request must be initialize");
        return;
    }
    if (strcmp(method, "shutdown") == 0) {
        s->shut_down = true;
        reply(id, "null", 4);
        return;
    }
    if (!handler) {
        reply_error(id, METHOD_NOT_FOUND, arena_printf("flc2c lsp has no %s", method));
        return;
    }
    const char *uri = json_text(json_get(json_get(params, "textDocument"), "uri"));
    const lsp_document *doc = lsp_find(s, uri);
    if (doc)
        answer(s, id, doc, handler, params);
    else
        reply_error(id, INVALID_PARAMS,
                    arena_printf("%s: %s is not open", method, *uri ? uri : "a document without uri"));
}

/* False: the session ends. */
static bool take_message(lsp_server *s, const char *body, size_t size) {
    const json *message = json_parse(body, size);
    if (!message) {
        reply_error(NULL, PARSE_ERROR, "the message is not JSON");
        return true;
    }
    const json *id = json_get(message, "id"), *method = json_get(message, "method");
    if (!method || method->kind != JSON_STRING) {
        bool response = json_get(message, "result") || json_get(message, "error");
        if (!response) reply_error(id, INVALID_REQUEST, "the message has no method");
        return true;
    }
    if (strcmp(method->text, "exit") == 0) return false;
    if (id && (id->kind == JSON_NUMBER || id->kind == JSON_STRING))
        take_request(s, id, method->text, json_get(message, "params"));
    else
        take_notification(s, method->text, json_get(message, "params"));
    return true;
}

/* ---- messages in ---- */

/* Bytes of the message that follows its header; -1: the end of the input. Lines that are no header are passed over. */
static long read_header(FILE *in) {
    static const char name[] = "Content-Length:";
    char line[256];
    long size = -1;
    while (fgets(line, sizeof line, in)) {
        bool empty = line[0] == '\n' || (line[0] == '\r' && line[1] == '\n');
        if (empty && size >= 0) return size;
        if (strncasecmp(line, name, strlen(name)) != 0) continue;
        char *end;
        long n = strtol(line + strlen(name), &end, 10);
        size = end != line + strlen(name) && n >= 0 && n <= MAX_MESSAGE ? n : -1;
    }
    return -1;
}

/* malloc memory; NULL: the end of the input. */
static char *read_message(FILE *in, size_t *size) {
    long n = read_header(in);
    if (n < 0) return NULL;
    char *body = malloc((size_t)n + 1);
    if (!body) arena_out_of_memory();
    *size = fread(body, 1, (size_t)n, in);
    body[*size] = '\0';
    if (*size == (size_t)n) return body;
    free(body);
    return NULL;
}

/* Is something to be read? Diagnostics wait until the client pauses. Requires: stdio buffers nothing. */
static bool input_waits(FILE *in) {
    struct pollfd fd = {.fd = fileno(in), .events = POLLIN};
    return poll(&fd, 1, 0) > 0 && !(fd.revents & POLLHUP);
}

int lsp_command(const driver_options *o) {
    lsp_server s = {.options = o};
    bool goes_on = true;
    size_t size;
    char *body;
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdin, NULL, _IONBF, 0); /* for input_waits */
    while (goes_on && (body = read_message(stdin, &size))) {
        arena_use(ARENA_SCRATCH);
        goes_on = take_message(&s, body, size);
        free(body);
        if (goes_on && !input_waits(stdin)) publish_dirty(&s);
        arena_clear_scratch();
        arena_use(ARENA_KEPT);
    }
    while (s.count) lsp_close(&s, s.documents[0].uri);
    free(s.documents);
    free(s.root);
    return s.shut_down ? STATUS_OK : STATUS_FAILED;
}
