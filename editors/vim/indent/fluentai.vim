" Vim indent file: FluentAI, near to what flc2c fmt does
if exists('b:did_indent') | finish | endif
let b:did_indent = 1

setlocal lisp autoindent nosmartindent
setlocal lispwords=actor,after,async,async-fn,begin,case,catch,cond,define,define-actor,define-async,define-effect,define-generator,define-record,define-supervisor,define-syntax,define-type,defer,deftest,do,dotimes,finally,fn,for-each-recv,for-stream,generator,go,handler,lambda,let,let*,let-syntax,letrec,letrec-syntax,match,module,receive,select,shield,spawn,spawn-daemon,spawn-in,spec:contract,syntax-rules,timeout,try,unless,when,while,with-cancel,with-deadline,with-isolated-state,with-lock,with-open-file,with-permit,with-read-lock,with-resource,with-tasks,with-timeout,with-virtual-time,with-write-lock

let b:undo_indent = 'setlocal lisp< autoindent< smartindent< lispwords<'
