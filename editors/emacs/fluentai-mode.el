;;; fluentai-mode.el --- Major mode for FluentAI -*- lexical-binding: t; -*-

;; License: MIT
;; Keywords: languages, lisp
;; Package-Requires: ((emacs "26.1"))

;;; Commentary:

;; Highlighting, indentation near to that of `flc2c fmt', and the language server by Eglot:
;;
;;     (add-to-list 'load-path ".../editors/emacs")
;;     (require 'fluentai-mode)
;;     (add-hook 'fluentai-mode-hook #'eglot-ensure)

;;; Code:

(require 'lisp-mode)

(defgroup fluentai nil
  "Programs in FluentAI."
  :group 'languages)

(defcustom fluentai-flc2c "flc2c"
  "The compiler, which is also the language server."
  :type 'string)

(defvar fluentai-mode-syntax-table
  (let ((table (make-syntax-table lisp-mode-syntax-table)))
    (modify-syntax-entry ?\[ "(]" table)
    (modify-syntax-entry ?\] ")[" table)
    (modify-syntax-entry ?\{ "(}" table)
    (modify-syntax-entry ?\} "){" table)
    (modify-syntax-entry ?# "' 14" table)
    (modify-syntax-entry ?| "_ 23bn" table)
    table))

(defconst fluentai-definitions
  '("defer" "define" "define-actor" "define-async" "define-c" "define-effect" "define-generator" "define-record" "define-supervisor" "define-syntax" "define-type" "deftest" "export" "import" "module"))

(defconst fluentai-forms
  '(
    "actor"
    "and"
    "ask"
    "assert"
    "assert-equal"
    "assert-error"
    "async"
    "async-fn"
    "begin"
    "broadcast!"
    "case"
    "catch"
    "child-spec"
    "cond"
    "do"
    "dotimes"
    "effect"
    "finally"
    "fn"
    "for-each-recv"
    "for-stream"
    "generator"
    "go"
    "handler"
    "if"
    "lambda"
    "let"
    "let*"
    "let-syntax"
    "letrec"
    "letrec-syntax"
    "match"
    "message"
    "or"
    "promise"
    "quasiquote"
    "quote"
    "receive"
    "reply!"
    "router"
    "select"
    "send-after"
    "send-every"
    "set!"
    "shield"
    "spawn"
    "spawn-actor"
    "spawn-daemon"
    "spawn-in"
    "spec:contract"
    "supervisor"
    "syntax-rules"
    "try"
    "unless"
    "unquote"
    "unquote-splicing"
    "when"
    "while"
    "with-cancel"
    "with-deadline"
    "with-isolated-state"
    "with-lock"
    "with-open-file"
    "with-permit"
    "with-read-lock"
    "with-resource"
    "with-tasks"
    "with-timeout"
    "with-virtual-time"
    "with-write-lock"
    "yield"))

(defvar fluentai-font-lock-keywords
  `((,(concat "(" (regexp-opt fluentai-definitions t) "[ \t\n]+(?\\([^][ \t\n(){}\";'`,]+\\)?")
     (1 font-lock-keyword-face) (2 font-lock-function-name-face nil t))
    (,(concat "(" (regexp-opt fluentai-forms t) "\\_>") (1 font-lock-keyword-face))
    ("\\_<:[^][ \t\n(){}\";'`,]+" . font-lock-constant-face)
    ("\\_<\\(?:true\\|false\\|nil\\|#[tf]\\)\\_>" . font-lock-constant-face)))

;; How many items stand beside the head, as in the table of flc2c fmt.
(dolist (rule '((actor . 1)
                  (after . 1)
                  (async . 0)
                  (async-fn . 1)
                  (begin . 0)
                  (case . 1)
                  (catch . 1)
                  (cond . 0)
                  (define . 1)
                  (define-actor . 1)
                  (define-async . 1)
                  (define-effect . 1)
                  (define-generator . 1)
                  (define-record . 1)
                  (define-supervisor . 1)
                  (define-syntax . 1)
                  (define-type . 1)
                  (defer . 0)
                  (deftest . 1)
                  (do . 0)
                  (dotimes . 1)
                  (finally . 0)
                  (fn . 1)
                  (for-each-recv . 1)
                  (for-stream . 1)
                  (generator . 0)
                  (go . 0)
                  (handler . 1)
                  (lambda . 1)
                  (let* . 1)
                  (let-syntax . 1)
                  (letrec . 1)
                  (letrec-syntax . 1)
                  (match . 1)
                  (module . 1)
                  (receive . 0)
                  (select . 0)
                  (shield . 0)
                  (spawn . 0)
                  (spawn-daemon . 0)
                  (spawn-in . 1)
                  (spec:contract . 1)
                  (syntax-rules . 1)
                  (timeout . 1)
                  (try . 0)
                  (unless . 1)
                  (when . 1)
                  (while . 1)
                  (with-cancel . 1)
                  (with-deadline . 1)
                  (with-isolated-state . 0)
                  (with-lock . 1)
                  (with-open-file . 1)
                  (with-permit . 1)
                  (with-read-lock . 1)
                  (with-resource . 1)
                  (with-tasks . 1)
                  (with-timeout . 1)
                  (with-virtual-time . 0)
                  (with-write-lock . 1)
                  (let . 1)))
  (put (car rule) 'fluentai-indent-function (cdr rule)))

(defvar calculate-lisp-indent-last-sexp) ; bound by `calculate-lisp-indent', which calls what follows

(defun fluentai-indent-function (point state)
  "Indent as Lisp does, by the rules of FluentAI.
POINT and STATE are as for `lisp-indent-function'."
  (let* ((normal (current-column))
         (head (progn
                 (goto-char (1+ (elt state 1)))
                 (parse-partial-sexp (point) calculate-lisp-indent-last-sexp 0 t)
                 (buffer-substring-no-properties (point) (progn (skip-syntax-forward "w_") (point)))))
         (named (and (string= head "let") (looking-at-p "[ \t]+[^ \t\n([]"))) ; (let loop ((i 0)) ...)
         (rule (if named 2 (get (intern-soft head) 'fluentai-indent-function))))
    (cond ((string= head "")
           (goto-char (1+ (elt state 1)))
           (current-column))
          ((integerp rule)
           (lisp-indent-specform rule state point normal))
          ((string-match-p "\\`\\(?:with-\\|define-\\|def-\\)" head)
           (lisp-indent-specform 1 state point normal)))))

(defun fluentai-format-buffer ()
  "Lay out the buffer by flc2c fmt."
  (interactive)
  (let ((out (generate-new-buffer " *flc2c fmt*")))
    (unwind-protect
        (if (zerop (call-process-region nil nil fluentai-flc2c nil (list out nil) nil "fmt" "-"))
            (replace-buffer-contents out)
          (user-error "The buffer has errors: see M-x compile, flc2c check"))
      (kill-buffer out))))

;;;###autoload
(define-derived-mode fluentai-mode prog-mode "FluentAI"
  "Major mode for FluentAI, a Lisp with tasks, channels and actors."
  (setq-local comment-start ";"
              comment-start-skip ";+ *"
              comment-add 0
              indent-tabs-mode nil
              fill-column 100
              indent-line-function #'lisp-indent-line
              lisp-indent-function #'fluentai-indent-function
              lisp-body-indent 2
              parse-sexp-ignore-comments t
              compile-command (concat fluentai-flc2c " check " (if buffer-file-name (shell-quote-argument buffer-file-name) ""))
              font-lock-defaults '(fluentai-font-lock-keywords)))

(define-key fluentai-mode-map (kbd "C-c C-f") #'fluentai-format-buffer)

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.flu\\'" . fluentai-mode))

(with-eval-after-load 'eglot
  (defvar eglot-server-programs)
  (add-to-list 'eglot-server-programs `(fluentai-mode . (,fluentai-flc2c "lsp"))))

(provide 'fluentai-mode)

;;; fluentai-mode.el ends here
