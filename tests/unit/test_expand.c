/* test_expand.c: what each form becomes, as core_print shows it (white space is not compared), and that no data,
 * however malformed, is too much for the expander. What it says about malformed forms stands in tests/errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expand.h"

typedef struct expansion {
    const char *name, *text, *core;
} expansion;

static const expansion expansions[] = {
    {"self-evaluating data", "42 2.5 \"s\" :k true nil ()", "42 2.5 \"s\" :k true nil '()"},
    {"names and calls", "(f x (g) 1)", "(f x (g) 1)"},
    {"if", "(if a b) (if a b c)", "(if a b nil) (if a b c)"},
    {"when and unless", "(when a b c) (unless a b) (when a)", "(if a (do b c) nil) (if a nil b) (if a nil nil)"},
    {"and, or as values", "(and) (or) (and a) (and a b) (or a b c)",
     "true false a (let (%t a) (if %t b %t)) (let (%t a) (if %t %t (let (%t.1 b) (if %t.1 %t.1 c))))"},
    {"and, or as tests", "(if (and a (or b c)) 1 2) (while (and) (f))",
     "(if (if a (if b true c) false) 1 2) (loop-label (while) (if true (do (f) (jump while)) nil) (jump while))"},
    {"cond", "(cond (a 1 2) (b) (c => f) (else 3)) (cond)",
     "(if a (do 1 2) (let (%t b) (if %t %t (let (%t.1 c) (if %t.1 (f %t.1) 3))))) nil"},
    {"case", "(case x (1 :one) ((:a b) :two) (\"s\" 3) (else 4)) (case x ('q 1) (() 2))",
     "(let (%t x) (if (%equal %t 1) :one (if (if (%eq? %t :a) true (%eq? %t 'b)) :two (if (%equal %t \"s\") 3 4)))) "
     "(let (%t x) (if (%eq? %t 'q) 1 (if false 2 nil)))"},
    {"while", "(while a b c) (while a)",
     "(loop-label (while) (if a (do (do b c) (jump while)) nil) (jump while)) (loop-label (while) (if a (do nil (jump "
     "while)) nil) (jump while))"},
    {"dotimes: a fresh variable each round", "(dotimes (i n) (f i)) (dotimes (i 3) (set! i 5))",
     "(let (%t n) (loop-label (dotimes %t.1) (if (%lt %t.1 %t) (let (i %t.1) (do (f i) (jump dotimes (%add %t.1 1)))) "
     "nil) (jump dotimes 0))) (let (%t 3) (loop-label (dotimes %t.1) (if (%lt %t.1 %t) (let (i %t.1) (do (set! i 5) "
     "(jump dotimes (%add %t.1 1)))) nil) (jump dotimes 0)))"},
    {"threading", "(-> x (f a) g (if b)) (->> x (f a) g) (-> x)", "(if (g (f x a)) b nil) (g (f a x)) x"},
    {"assert", "(assert (= x 1)) (assert x \"why\")",
     "(if (= x 1) nil (%assert-failed (%undef) \"(= x 1)\")) (if x nil (%assert-failed \"why\" \"x\"))"},
    {"begin and do", "(begin 1 2) (do) (begin)", "(do 1 2) nil nil"},
    {"definitions",
     "(define x 1) (define (f a) \"doc\" a) (define (g) \"value\") (define h (fn (x) x)) (define k (lambda xs xs))",
     "(define x 1) (define f \"doc\" (lambda (a) a)) (define g (lambda () \"value\")) (define h (lambda (x) x)) "
     "(define k (lambda (&rest xs) xs))"},
    {"begin at top level", "(begin (define x 1) (print x) (do (define y 2)))", "(define x 1) (print x) (define y 2)"},
    {"parameters", "(fn (a &optional b (c (+ a b)) &rest d) a) (lambda (a . xs) xs) (fn () 1)",
     "(lambda (a &optional b c &rest d) (let (b.1 (if (%absent? b) nil b)) (let (c.1 (if (%absent? c) (+ a b.1) c)) "
     "a))) (lambda (a &rest xs) xs) (lambda () 1)"},
    {"an optional default sees the parameters before it only", "(fn (a &optional (b c) (c b)) c)",
     "(lambda (a &optional b c) (let (b.1 (if (%absent? b) c b)) (let (c.1 (if (%absent? c) b.1 c)) c.1)))"},
    {"let is sequential", "(let ((a 1) (b a) (a b)) a) (let () 1) (let ())",
     "(let (a 1) (let (b a) (let (a.1 b) a.1))) 1 nil"},
    {"let of a procedure sees itself", "(let ((f (fn (n) (f n)))) (f 1)) (let ((f (g f))) f)",
     "(fix ((f (lambda (n) (f n)))) (f 1)) (let (f (g f)) f)"},
    {"let of a procedure that is assigned", "(let ((f (fn () (f)))) (set! f g) (f))",
     "(let (f (%undef)) (do (set! f (lambda () (f))) (do (set! f g) (f))))"},
    {"letrec", "(letrec ((a (fn () (b))) (b (fn () (a)))) (a)) (letrec ((x 1) (y x)) y)",
     "(fix ((a (lambda () (b))) (b (lambda () (a)))) (a)) (let (x 1) (let (y x) y))"},
    {"named let", "(let loop ((i 0) (j 1)) (loop i j)) (let loop () (loop))",
     "(fix ((loop (lambda (i j) (loop i j)))) (loop 0 1)) (fix ((loop (lambda () (loop)))) (loop))"},
    {"named let: later initialisers see earlier names", "(let loop ((i 0) (j i)) (loop j i))",
     "(let (i 0) (let (j i) (fix ((loop (lambda (i.1 j.1) (loop j.1 i.1)))) (loop i j))))"},
    {"named let: an initialiser that assigns", "(let loop ((i 0) (j (set! i 1))) (loop j i))",
     "(let (i 0) (let (j (set! i 1)) (fix ((loop (lambda (i.1 j.1) (loop j.1 i.1)))) (loop i j))))"},
    {"named let: initialisers see the variables around it", "(fn (i) (let loop ((i 0) (j i)) (loop i j)))",
     "(lambda (i) (fix ((loop (lambda (i.1 j) (loop i.1 j)))) (loop 0 i)))"},
    {"set!", "(set! g 1) (let ((a 1)) (set! a 2) a)", "(set! g 1) (let (a 1) (do (set! a 2) a))"},
    {"inner procedures", "(define (f) (define (a) (b)) (define (b) (a)) (a))",
     "(define f (lambda () (fix ((a (lambda () (b))) (b (lambda () (a)))) (a))))"},
    {"inner definitions anywhere in a body", "(define (f) (p 1) (define x 2) (p x) (define (g) x) (p 3) (g))",
     "(define f (lambda () (do (p 1) (let (x 2) (do (p x) (p 3) (fix ((g (lambda () x))) (g)))))))"},
    {"inner procedures are bound after the values they refer to", "(define (f) (define (a) x) (define x 5) (a))",
     "(define f (lambda () (let (x 5) (fix ((a (lambda () x))) (a)))))"},
    {"a value used before its definition is checked", "(define (f) (define (a) x) (p (a)) (define x 5) (a))",
     "(define f (lambda () (let (x (%undef)) (fix ((a (lambda () (if (%absent? x) (%unbound 'x) x)))) (do (p (a)) "
     "(set! x 5) (a))))))"},
    {"a value used in its own initialiser is checked", "(define (f) (define x (g (fn () x))) x)",
     "(define f (lambda () (let (x (%undef)) (do (set! x (g (lambda () (if (%absent? x) (%unbound 'x) x)))) x))))"},
    {"an inner procedure that is assigned is a variable", "(define (f) (define (a) 1) (set! a b) (a))",
     "(define f (lambda () (let (a (lambda () 1)) (do (set! a b) (a)))))"},
    {"a body that ends in a definition gives nil",
     "(define (f) (define x 1)) (define (g) (define (h) 1)) (define (k) (p 1) (define y (p 2)))",
     "(define f (lambda () (let (x 1) nil))) (define g (lambda () nil)) (define k (lambda () (do (p 1) (let (y (p 2)) "
     "nil))))"},
    {"begin in a body splices definitions", "(define (f) (begin (define a 1) (p a)) a)",
     "(define f (lambda () (let (a 1) (do (p a) a))))"},
    {"inner async and record definitions", "(define (f) (define-async (g x) x) (define-record r (a)) (r-a (r (g 1))))",
     "(define %record:r (%record-declare 'r '(a))) (define f (lambda () (fix ((g (lambda (x) (%async (lambda () x)))) "
     "(r (lambda (a) (%record %record:r 'r a))) (r-a (lambda (r.1) (%record-field r.1 %record:r 'r 0)))) (r-a (r (g "
     "1))))))"},
    {"special forms can be shadowed by locals", "(fn (if when) (if when 1)) (let ((quote f)) (list (quote x) 'x))",
     "(lambda (if when) (if when 1)) (let (quote f) (list (quote x) 'x))"},
    {"a procedure is named after its variable", "(let ((sq (fn (x) x))) sq)", "(fix ((sq (lambda (x) x))) sq)"},
    {"quote", "'x '(1 . 2) '[a 1] '{:a b} ''x", "'x '(1 . 2) '[a 1] '{:a b} ''x"},
    {"collections", "[a 1] [1 [2 \"x\"]] {:a b} {:a 1 \"k\" [2]} [] {}",
     "(%list a 1) '(1 (2 \"x\")) (%dict :a b) '{:a 1 \"k\" (2)} '() '{}"},
    {"quasiquote", "`(a b) `(a ,b) `(,@a b) `(a ,@b ,c) `(a . ,b) `x `,x",
     "'(a b) (%list 'a b) (%append2 a '(b)) (%list* 'a (%append2 b (%list c))) (%list* 'a b) 'x x"},
    {"quasiquote in collections", "`[a ,b] `{:a ,b} `(1 [,a] {:k (,b)})",
     "(%list 'a b) (%dict :a b) (%list 1 (%list a) (%dict :k (%list b)))"},
    {"nested quasiquote", "`(a `(b ,(c ,d))) `(a `(b ,@(c ,@d)))",
     "(%list 'a (%list 'quasiquote (%list 'b (%list 'unquote (%list 'c d))))) (%list 'a (%list 'quasiquote (%list 'b "
     "(%list 'unquote-splicing (%list* 'c (%append2 d '()))))))"},
    {"match: names and literals", "(match v (1 :a) (\"s\" :b) (:k :c) ('s :d) (true :e) (2.5 :f) (x x))",
     "(let (%t v) (if (%equal %t 1) :a (if (%equal %t \"s\") :b (if (%eq? %t :k) :c (if (%eq? %t 's) :d (if (%eq? %t "
     "true) :e (if (%equal %t 2.5) :f (let (x %t) x))))))))"},
    {"match: lists", "(match v ([] 0) ([a b] 1) ([a ...r] 2) ((cons h t) 3) ((list 1) 4) (nil 5))",
     "(let (%t v) (if (%empty? %t) 0 (label (next) (if (%cons? %t) (let (a (%head %t)) (let (r (%tail %t)) 2)) (if "
     "(%cons? %t) (let (h (%head %t)) (let (t (%tail %t)) 3)) (label (next.1) (if (%empty? %t) 5 (%match-error %t)) "
     "(if (%cons? %t) (let (%t.1 (%head %t)) (if (%equal %t.1 1) (let (%t.2 (%tail %t)) (if (%empty? %t.2) 4 (jump "
     "next.1))) (jump next.1))) (jump next.1))))) (if (%cons? %t) (let (a.1 (%head %t)) (let (%t.3 (%tail %t)) (if "
     "(%cons? %t.3) (let (b (%head %t.3)) (let (%t.4 (%tail %t.3)) (if (%empty? %t.4) 1 (jump next)))) (jump next)))) "
     "(jump next)))))"},
    {"match: the clause that cannot be reached is dropped", "(match v (_ 1) (_ 2))", "(let (%t v) 1)"},
    {"match: no clause takes everything", "(match v (1 2))", "(let (%t v) (if (%equal %t 1) 2 (%match-error %t)))"},
    {"match: tags", "(match v ((some x) x) ((none) 0) ((pair 1 (some _)) 2))",
     "(let (%t v) (if (%tagged? %t 'some 1) (let (x (%field %t 0)) x) (if (%tagged? %t 'none 0) 0 (label (next) "
     "(%match-error %t) (if (%tagged? %t 'pair 2) (let (%t.1 (%field %t 0)) (if (%equal %t.1 1) (let (%t.2 (%field %t "
     "1)) (if (%tagged? %t.2 'some 1) 2 (jump next))) (jump next))) (jump next))))))"},
    {"match: dicts", "(match v ({:a x \"b\" 1} x) ({} 2))",
     "(let (%t v) (label (next) (if (%dict? %t) 2 (%match-error %t)) (if (%dict? %t) (let (%t.1 (%dict-find %t :a)) "
     "(if (%absent? %t.1) (jump next) (let (x %t.1) (let (%t.2 (%dict-find %t \"b\")) (if (%absent? %t.2) (jump next) "
     "(if (%equal %t.2 1) x (jump next))))))) (jump next))))"},
    {"match: or joins its alternatives", "(match v ((or 1 2) :low) ((or (a x) (b x _)) (f x)) ((or 3) 3))",
     "(let (%t v) (label (matched) :low (if (%equal %t 1) (jump matched) (if (%equal %t 2) (jump matched) (label "
     "(matched.1 x) (f x) (if (%tagged? %t 'a 1) (let (x.1 (%field %t 0)) (jump matched.1 x.1)) (if (%tagged? %t 'b 2) "
     "(let (x.2 (%field %t 0)) (jump matched.1 x.2)) (if (%equal %t 3) 3 (%match-error %t)))))))))"},
    {"match: as, when, view, predicates",
     "(match v (n @ 1 n) ((as m 2) m) ((when x (> x 3) ) x) ((view f 4) 4) ((? p) 5) ((? p y) y))",
     "(let (%t v) (let (n %t) (if (%equal %t 1) n (let (m %t) (if (%equal %t 2) m (let (x %t) (if (> x 3) x (let (%t.1 "
     "(f %t)) (if (%equal %t.1 4) 4 (if (p %t) 5 (if (p %t) (let (y %t) y) (%match-error %t))))))))))))"},
    {"match: ranges",
     "(match v (1..5 1) (1..=5 2) ((.. -1 3) 3) (1..=1152921504606846975 4) (0..1152921504606846976 5))",
     "(let (%t v) (if (%int-in-range? %t 1 5) 1 (if (%int-in-range? %t 1 6) 2 (if (%int-in-range? %t -1 3) 3 (if (if "
     "(int? %t) (if (%le 1 %t) (%le %t 1152921504606846975) false) false) 4 (if (if (int? %t) (if (%le 0 %t) (%lt %t "
     "1152921504606846976) false) false) 5 (%match-error %t)))))))"},
    {"match: error values", "(match v ((error 'k e) e) ((error :k) 1) ((error e) e) ((error k e) k))",
     "(let (%t v) (if (%error-kind? %t 'k) (let (e %t) e) (if (%error-kind? %t 'k) 1 (if (error? %t) (let (e.1 %t) "
     "e.1) (if (error? %t) (let (k (error-kind %t)) (let (e.2 %t) k)) (%match-error %t))))))"},
    {"match: pattern words are not the program's names", "(define (list x) x) (match v ((list a) a) ((cons a b) b))",
     "(define list (lambda (x) x)) (let (%t v) (label (next) (if (%cons? %t) (let (a (%head %t)) (let (b (%tail %t)) "
     "b)) (%match-error %t)) (if (%cons? %t) (let (a.1 (%head %t)) (let (%t.1 (%tail %t)) (if (%empty? %t.1) a.1 (jump "
     "next)))) (jump next))))"},
    {"match: body names are the clause's own", "(match v ([x] x) (x x))",
     "(let (%t v) (label (next) (let (x %t) x) (if (%cons? %t) (let (x.1 (%head %t)) (let (%t.1 (%tail %t)) (if "
     "(%empty? %t.1) x.1 (jump next)))) (jump next))))"},
    {"define-type", "(define-type T (A x) B) (match v ((A x) x) (B 1)) (fn (b) (match v (b b)))",
     "(define %record:A (%record-declare 'A '(x))) (define %record:B (%record-declare 'B '())) (define B (%record "
     "%record:B 'B)) (define A \"(A x): a new A.\" (lambda (x) (%record %record:A 'A x))) (define A? \"(A? x): is x a "
     "A?\" (lambda (x) (%tagged? x 'A 1))) (define B? \"(B? x): is x a B?\" (lambda (x) (%tagged? x 'B 0))) (let (%t "
     "v) (if (%tagged? %t 'A 1) (let (x (%field %t 0)) x) (if (%tagged? %t 'B 0) 1 (%match-error %t)))) (lambda (b) "
     "(let (%t v) (let (b.1 %t) b.1)))"},
    {"define-type: variants may be called Cons and Nil",
     "(define-type L (Cons h t) Nil) (match v ((Cons h t) h) (Nil 0))",
     "(define %record:Cons (%record-declare 'Cons '(h t))) (define %record:Nil (%record-declare 'Nil '())) (define Nil "
     "(%record %record:Nil 'Nil)) (define Cons \"(Cons h t): a new Cons.\" (lambda (h t) (%record %record:Cons 'Cons h "
     "t))) (define Cons? \"(Cons? x): is x a Cons?\" (lambda (x) (%tagged? x 'Cons 2))) (define Nil? \"(Nil? x): is x "
     "a Nil?\" (lambda (x) (%tagged? x 'Nil 0))) (let (%t v) (if (%tagged? %t 'Cons 2) (let (h (%field %t 0)) (let (t "
     "(%field %t 1)) h)) (if (%tagged? %t 'Nil 0) 0 (%match-error %t))))"},
    {"define-record", "(define-record p (x y))",
     "(define %record:p (%record-declare 'p '(x y))) (define p \"(p x y): a new p.\" (lambda (x y) (%record %record:p "
     "'p x y))) (define p? \"(p? x): is x a p?\" (lambda (x) (%tagged? x 'p 2))) (define p-x \"(p-x p): its field x.\" "
     "(lambda (p) (%record-field p %record:p 'p 0))) (define p-y \"(p-y p): its field y.\" (lambda (p) (%record-field "
     "p %record:p 'p 1))) (define p-with \"(p-with p :field value ...): a copy with other values in these fields.\" "
     "(lambda (p &rest changes) (apply %record-with %record:p p changes)))"},
    {"try", "(try a b) (try a (finally b))",
     "(do a b) (fix ((%t (lambda () (do (%cleanup-begin) (do (try b (catch %t.1 (%cleanup-failed %t.1))) "
     "(%cleanup-end)))))) (let (%t.2 (try a (catch %t.3 (do (try (%t) (catch %t.4 (%finally-error %t.4 %t.3))) "
     "(%rethrow %t.3))))) (do (%t) %t.2)))"},
    {"catch: a variable does not take cancellations",
     "(try a (catch (e) e)) (try a (catch _ 1)) (try a (catch (error 'cancelled e) e)) (try a (catch (when e (f e)) "
     "e))",
     "(try a (catch %t (if (%cancelled? %t) (%rethrow %t) (let (e %t) e)))) (try a (catch %t (if (%cancelled? %t) "
     "(%rethrow %t) 1))) (try a (catch %t (if (%error-kind? %t 'cancelled) (let (e %t) e) (%rethrow %t)))) (try a "
     "(catch %t (label (next) (%rethrow %t) (if (%cancelled? %t) (jump next) (let (e %t) (if (f e) e (jump "
     "next)))))))"},
    {"catch: patterns in order, no match goes on",
     "(try a (catch 1 :one) (catch (error 'k e) (f e)) (catch (tag x) x))",
     "(try a (catch %t (if (%equal %t 1) :one (if (%error-kind? %t 'k) (let (e %t) (f e)) (if (%tagged? %t 'tag 1) "
     "(let (x (%field %t 0)) x) (%rethrow %t))))))"},
    {"try with all parts", "(try a (catch 1 b) (finally c d))",
     "(fix ((%t (lambda () (do (%cleanup-begin) (do (try (do c d) (catch %t.1 (%cleanup-failed %t.1))) "
     "(%cleanup-end)))))) (let (%t.2 (try (try a (catch %t.4 (if (%equal %t.4 1) b (%rethrow %t.4)))) (catch %t.3 (do "
     "(try (%t) (catch %t.5 (%finally-error %t.5 %t.3))) (%rethrow %t.3))))) (do (%t) %t.2)))"},
    {"defer", "(lambda () (defer a) b)",
     "(lambda () (let (%t (%list)) (fix ((%t.1 (lambda () (do (%cleanup-begin) (do (try (%run-deferred %t) (catch "
     "%t.2 (%cleanup-failed %t.2))) (%cleanup-end)))))) (let (%t.3 (try (do (do (set! %t (%list* (lambda () a) %t)) "
     "nil) b) (catch %t.4 (do (try (%t.1) (catch %t.5 (%finally-error %t.5 %t.4))) (%rethrow %t.4))))) (do (%t.1) "
     "%t.3)))))"},
    {"receive", "(receive ((a x) x) (after m :late)) (receive (x x))",
     "(do (%receive-begin m) (loop-label (receive) (let (%t (%receive-next)) (if (%absent? %t) :late (if (%tagged? %t "
     "'a 1) (let (x (%field %t 0)) (do (%receive-take) x)) (jump receive)))) (jump receive))) (do (%receive-begin "
     "(%undef)) "
     "(loop-label (receive) (let (%t (%receive-next)) (let (x %t) (do (%receive-take) x))) (jump receive)))"},
    {"define-actor", "(define-actor (a p) (state p) (receive ((go) (become (f self state)))) (on-stop r (g r)))",
     "(define a (lambda (p) (%behaviour 'a (lambda () p) (lambda (state %t) (let (self (%self)) (if (%tagged? %t 'go "
     "0) (become (f self state)) (%dead-message %t)))) nil (lambda (state.1 r) (g r)) nil 'block)))"},
    {"spawn-actor: arguments and options are evaluated first, in order", "(spawn-actor f (g) 1 :link h :name (k))",
     "(let (%t (g)) (let (%t.1 h) (let (%t.2 (k)) (%spawn-actor (lambda () (f %t 1)) %t.2 %t.1 nil \"test.flu:1\"))))"},
    {"tasks", "(spawn e) (go e) (spawn-daemon e) (promise e) (async e)",
     "(%spawn (lambda () e)) (%spawn (lambda () e)) (%spawn-daemon (lambda () e)) (%promise (lambda () e)) (%async "
     "(lambda () e))"},
    {"async functions",
     "(async (x y) x) (async-fn (a &optional (b 1)) b) (define-async f (x) x) (define-async (g x) x)",
     "(lambda (x y) (%async (lambda () x))) (lambda (a &optional b) (%async (lambda () (let (b.1 (if (%absent? b) 1 "
     "b)) b.1)))) (define f (lambda (x) (%async (lambda () x)))) (define g (lambda (x) (%async (lambda () x))))"},
    {"for-each-recv", "(for-each-recv (x ch) (f x))",
     "(let (%t ch) (loop-label (for-each-recv) (let (%t.1 (%recv %t)) (if (%absent? %t.1) nil (let (x %t.1) (do (f x) "
     "(jump for-each-recv))))) (jump for-each-recv)))"},
    {"select",
     "(select ((recv! c) (fn (v) v)) ((receive! c) v (p v)) ((recv! c) h) ((recv! c) :k) ((send! c e) (p)) ((send! c "
     "e) 1 2) ((await q) h) (timeout 10 t))",
     "(define %select:1 (%select-state)) (let (%t (%select %select:1 0 10 0 c nil 0 c nil 0 c nil 0 c nil 1 c e 1 c e "
     "2 q nil)) (if (%eq? %t 0) (let (%t.1 (%select-value)) ((lambda (v) v) %t.1)) (if (%eq? %t 1) (let (v.1 "
     "(%select-value)) (p v.1)) (if (%eq? %t 2) (let (%t.2 (%select-value)) (let (%t.3 h) (if (%procedure? %t.3) (%t.3 "
     "%t.2) %t.3))) (if (%eq? %t 3) (let (%t.4 (%select-value)) :k) (if (%eq? %t 4) (let (%t.5 (p)) (if (%procedure? "
     "%t.5) (%t.5) %t.5)) (if (%eq? %t 5) (do 1 2) (if (%eq? %t 6) (let (%t.6 (%select-value)) (let (%t.7 h) (if "
     "(%procedure? %t.7) (%t.7 %t.6) %t.7))) t))))))))"},
    {"select: default, :ordered", "(select :ordered ((recv! c) _ 1) (else 2)) (select (default 3))",
     "(define %select:1 (%select-state)) (define %select:2 (%select-state)) (let (%t (%select %select:1 3 (%undef) 0 c "
     "nil)) (if (%eq? %t 0) (let (_ (%select-value)) 1) 2)) (let (%t (%select %select:2 1 (%undef))) 3)"},
    {"select: operands are evaluated in order", "(select ((send! (a) (b)) 1) (after (c) 2) ((recv! (d)) _ 3))",
     "(define %select:1 (%select-state)) (let (%t (a)) (let (%t.1 (b)) (let (%t.2 (%select %select:1 0 (c) 1 %t %t.1 0 "
     "(d) nil)) (if (%eq? %t.2 0) 1 (if (%eq? %t.2 1) (let (_ (%select-value)) 3) 2)))))"},
    {"effects of the library",
     "(effect io:print 1) (effect io print-line 2) (time:now) (async:sleep 5) (map io:print xs)",
     "(%perform 'io 'print print 1) (%perform 'io 'print-line print-line 2) (%perform 'time 'now now) (%perform 'async "
     "'sleep sleep 5) (map print xs)"},
};

/* ---- helpers ---- */

/* White space runs become one blank. */
static char *squeeze(const char *text) {
    char *out = arena_alloc(strlen(text) + 1), *end = out;
    for (; *text; text++) {
        bool blank = *text == ' ' || *text == '\n';
        if (blank && (end == out || end[-1] == ' ')) continue;
        *end++ = blank ? ' ' : *text;
    }
    while (end > out && end[-1] == ' ') end--;
    *end = '\0';
    return out;
}

static module *expand_text(const char *text, diag *d) {
    source *src = source_from_text("test.flu", text, strlen(text));
    datum_file *file = NEW(datum_file);
    *file = read_source(src, d);
    message_tags *tags = find_message_tags((const datum_file *[]){file}, 1);
    return expand(graph_of_data(file, d)->units[0], tags, d);
}

static char *printed(const module *m) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    module_print(out, m);
    fclose(out);
    char *squeezed = squeeze(text);
    free(text);
    return squeezed;
}

/* The forms alone, without (module test ...). */
static const char *expanded(const char *text) {
    FILE *sink = fopen("/dev/null", "w");
    diag *d = diag_new(sink, COLOR_NEVER);
    char *all = printed(expand_text(text, d));
    assert_false(diag_failed(d));
    fclose(sink);
    static const char head[] = "(module test ";
    assert_memory_equal(all, head, strlen(head));
    all[strlen(all) - 1] = '\0';
    return all + strlen(head);
}

static void test_expansions(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof expansions / sizeof *expansions; i++) {
        const char *got = expanded(expansions[i].text), *wanted = squeeze(expansions[i].core);
        if (strcmp(got, wanted) == 0) continue;
        fail_msg("%s:\n  %s\n  expected %s\n  got      %s", expansions[i].name, expansions[i].text, wanted, got);
    }
}

static void test_tables_are_sorted(void **state) {
    (void)state;
    const char *wrong = special_forms_disorder();
    if (wrong) fail_msg("%s is out of order in expand_forms.c", wrong);
}

static void test_warnings_do_not_fail(void **state) {
    (void)state;
    FILE *sink = fopen("/dev/null", "w");
    diag *d = diag_new(sink, COLOR_NEVER);
    expand_text("(let ((unused 1)) (match 1 (Foo 1) (_ 2)))", d);
    assert_false(diag_failed(d));
    assert_int_equal(diag_warning_count(d), 3);
    fclose(sink);
}

/* ---- any data ---- */

/* Words that mean something somewhere. */
static const char *const words[] = {
    "x",         "y",         "_",         "Unit",     "Foo",     "else",     "=>",    "@",        "...",
    "...xs",     "&optional", "&rest",     "list",     "cons",    "Cons",     "as",    "view",     "?",
    "or",        "when",      "error",     "..",       "..=",     "Nil",      "recv!", "receive!", "send!",
    "await",     "receive",   "timeout",   "after",    "default", ":ordered", ":k",    "1",        "2.5",
    "\"s\"",     "true",      "nil",       "'",        "`",       ",",        ",@",    "1..5",     "io:print",
    "state:get", "state",     "self",      "on-start", "on-stop", "mailbox",  "child", "strategy", "intensity",
    ":name",     ":restart",  ":shutdown", ":backoff", ":block",
};

static uint32_t random_state;
static uint32_t random_below(uint32_t n) {
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % n;
}

static void write_datum(FILE *out, unsigned depth) {
    size_t form_count;
    const char *const *forms = special_form_names(&form_count);
    if (depth == 0 || random_below(3) == 0) {
        fprintf(out, "%s ", words[random_below(sizeof words / sizeof *words)]);
        return;
    }
    static const char *const brackets[] = {"()", "()", "()", "()", "[]", "{}"};
    const char *b = brackets[random_below(6)];
    fprintf(out, "%c", b[0]);
    if (b[0] == '(' && random_below(3) > 0) fprintf(out, "%s ", forms[random_below((uint32_t)form_count)]);
    for (uint32_t n = random_below(5); n > 0; n--) write_datum(out, depth - 1);
    if (b[0] == '(' && random_below(20) == 0) fprintf(out, ". x");
    fprintf(out, "%c ", b[1]);
}

static void test_random_data(void **state) {
    (void)state;
    FILE *sink = fopen("/dev/null", "w");
    for (uint32_t seed = 0; seed < 20000; seed++) {
        random_state = seed;
        char *text;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        for (int i = 0; i < 3; i++) write_datum(out, 5);
        fclose(out);
        diag *d = diag_new(sink, COLOR_NEVER);
        module *m = expand_text(arena_copy(text, size), d);
        module_print(sink, m);
        diag_flush(d);
        free(text);
    }
    fclose(sink);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_are_sorted),
        cmocka_unit_test(test_expansions),
        cmocka_unit_test(test_warnings_do_not_fail),
        cmocka_unit_test(test_random_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
