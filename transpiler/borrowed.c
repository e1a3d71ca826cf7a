/* borrowed.c: words of other languages that mean nothing here, and what to write in their place. */
#include "borrowed.h"

#include <stdlib.h>
#include <string.h>

static const borrowed_word words[] = {
    /* sorted */
    {"catch-all", "write (catch e ...): a name takes any error", false},
    {"const", "write (define name expression)", false},
    {"def", "write (define name expression), or (define (name params ...) body ...) for a function", true},
    {"defmacro", "write (define-syntax name (syntax-rules () ((_ x ...) template)))", true},
    {"defn", "write (define (name params ...) body ...), the parameters in parentheses", true},
    {"defun", "write (define (name params ...) body ...)", true},
    {"doseq", "write (for-each (fn (x) ...) list)", false},
    {"elif", "write (cond (test body ...) ... (else body ...))", false},
    {"else-if", "write (cond (test body ...) ... (else body ...))", false},
    {"for", "write (for-each (fn (x) ...) list), (dotimes (i n) ...), or a loop (let loop ((i 0)) ... (loop (+ i 1)))",
     false},
    {"foreach", "write (for-each (fn (x) ...) list)", false},
    {"format", "write (string-format template x ...), or (str a b ...)", false},
    {"func", "write (define (name params ...) body ...), or (fn (params ...) ...) without a name", false},
    {"function", "write (define (name params ...) body ...), or (fn (params ...) ...) without a name", false},
    {"loop", "write (let loop ((i 0)) ... (loop (+ i 1))): the name of the let starts the next round", false},
    {"make-chan", "write (chan n), or (chan) for one place", false},
    {"make-channel", "write (chan n), or (chan) for one place", false},
    {"null", "write nil", false},
    {"panic", "write (error \"message\" data ...)", false},
    {"printf", "write (print-line a b ...), or (print-line (string-format template x ...))", false},
    {"progn", "write (do ...)", false},
    {"raise", "write (error 'kind \"message\"), or (throw value)", false},
    {"recover", "write (try body ... (catch e ...))", false},
    {"recur", "call the loop by its name: (let loop ((i 0)) ... (loop (+ i 1)))", false},
    {"require", "write (import \"path\" (name ...)); functions of the library need no import", false},
    {"return", "a function gives the value of its last form: there is no return; use if or cond", false},
    {"setf", "write (set! name value)", false},
    {"setq", "write (set! name value)", false},
    {"spawn-link", "write (spawn-actor name args ... :link true), or (link actor)", false},
    {"switch", "write (case x (datum body ...) ... (else body ...)), or match for patterns", false},
    {"undefined", "write nil", false},
    {"var", "write (define name expression), or (let ((name expression)) body ...)", false},
};
enum { WORD_COUNT = sizeof words / sizeof *words };

static int compare(const void *name, const void *row) { return strcmp(name, ((const borrowed_word *)row)->name); }

const borrowed_word *borrowed_word_find(const char *name) {
    return bsearch(name, words, WORD_COUNT, sizeof *words, compare);
}
