;;; fluentai-mode.el --- Major mode for FluentAI -*- lexical-binding: t; -*-

;; License: MIT
;; Keywords: languages, lisp
;; Package-Requires: ((emacs "26.1"))

;;; Commentary:

;; Highlighting, indentation as `flc2c fmt' has it, and the language server by Eglot (part of Emacs 29; a package before):
;;
;;     (add-to-list 'load-path ".../editors/emacs")
;;     (require 'fluentai-mode)
;;     (add-hook 'fluentai-mode-hook #'eglot-ensure)

;;; Code:

(require 'lisp-mode)
(require 'cl-lib)
(require 'seq)

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
  `((,(concat "(" (regexp-opt (append fluentai-definitions fluentai-forms) t) "\\_>") (1 font-lock-keyword-face))
    ("(\\(?:define\\(?:-[a-z]+\\)?\\|deftest\\|module\\)[ \t\n]+(?\\([^][ \t\n(){}\";'`,]+\\)" (1 font-lock-function-name-face))
    ("(\\(->>?\\|!\\)[ \t\n]" (1 font-lock-keyword-face))
    ("#\\\\\\(?:u{[0-9a-fA-F]+}\\|[^][ \t\n(){}\";'`,]+\\|.\\)" . font-lock-string-face)
    ("\\_<:[^][ \t\n(){}\";'`,]+" . font-lock-constant-face)
    ("#\\(?:t\\|f\\|true\\|false\\)\\_>" . font-lock-constant-face)
    ("\\_<\\(?:true\\|false\\|nil\\|[-+]?\\(?:inf\\|nan\\)\\)\\_>" . font-lock-constant-face)
    (fluentai--next-discard . (0 font-lock-comment-face t))))

(defun fluentai--next-discard (limit)
  "Search for #; and the datum behind it, from point to LIMIT."
  (let ((found nil))
    (while (and (not found) (search-forward "#;" limit t))
      (let ((start (match-beginning 0)) (state (save-match-data (syntax-ppss))))
        (unless (or (nth 8 state) (eq (char-before start) ?\\))
          (let ((end (condition-case nil (scan-sexps (point) 1) (scan-error nil))))
            (when end
              (goto-char (min end limit))
              (set-match-data (list start (point)))
              (setq found t))))))
    found))

(defconst fluentai--syntax-propertize
  (syntax-propertize-rules
   ("#\\(;\\)" (1 (unless (eq (char-before (match-beginning 0)) ?\\) (string-to-syntax "'"))))
   ("\\`\\(#\\)!" (1 "<")))
  "The semicolon of #; begins no comment, a first line #! is one.")

;;; Indentation, by the rules of flc2c fmt.

(defconst fluentai--layouts
  (let ((table (make-hash-table :test #'equal)))
    (dolist (row '((body 0 nil "async" "begin" "defer" "do" "finally" "generator" "go" "shield" "spawn" "spawn-daemon" "try"
                         "with-isolated-state" "with-virtual-time")
                   (body 1 nil "actor" "after" "async-fn" "catch" "define" "define-record" "deftest" "dotimes" "fn"
                         "for-each-recv" "for-stream" "lambda" "module" "spawn-in" "spec:contract" "timeout" "unless" "when"
                         "while")
                   (body 1 value "let" "let*" "let-syntax" "letrec" "letrec-syntax")
                   (body 1 clause "handler")
                   (clauses 0 nil "cond" "receive" "select")
                   (clauses 1 nil "case" "match" "syntax-rules")
                   (call 0 nil "define-c")))
      (dolist (name (nthcdr 3 row))
        (puthash name (seq-take row 3) table)))
    table)
  "Of each form: its style, how many items belong to its head, and the style of
the lists in the last of these, if they stand on lines of their own.")

(defun fluentai--layout (head)
  "The row of `fluentai--layouts' for a list with this HEAD."
  (or (gethash head fluentai--layouts)
      (if (string-match-p "\\`\\(?:with-\\|define-\\|def-\\)" head) '(body 1 nil) '(call 0 nil))))

;; A list that is open at the line, as far as its items before that are known: its style, one of items, lines (bindings),
;; clauses, clause, value, body and call; FIXED and FIRST are of `fluentai--layouts'; COUNT items were seen; lines in it
;; begin in column INDENT.
(cl-defstruct fluentai--list style fixed first in-lines quoted count indent)

(defun fluentai--quoted-p (open)
  "Whether a quote stands before the bracket at OPEN."
  (save-excursion
    (goto-char open)
    (and (/= 0 (skip-chars-backward "'`,@"))
         (not (eq (char-before) ?\\))
         (string-match-p "'" (buffer-substring-no-properties (point) open)))))

(defun fluentai--style-at (open around)
  "The style of the list at OPEN by its place in AROUND.
For bindings and their like, also the style of the lists in it."
  (cond ((or (/= (char-after open) ?\() (fluentai--quoted-p open) (and around (fluentai--list-quoted around))) '(items))
        ((null around) '(call))
        ((eq (fluentai--list-style around) 'lines) (list (fluentai--list-in-lines around)))
        ((and (fluentai--list-first around) (= (fluentai--list-count around) (fluentai--list-fixed around)))
         (list 'lines (fluentai--list-first around)))
        ((and (eq (fluentai--list-style around) 'clauses) (> (fluentai--list-count around) (fluentai--list-fixed around)))
         '(clause))
        (t '(call))))

(defun fluentai--read-item (end)
  "Move over the item at point.
Gives its text if it is an atom, \"\" if not, nil if it goes on behind END."
  (skip-chars-forward "'`,@")
  (let* ((from (point))
         (to (if (< from end) (condition-case nil (scan-sexps from 1) (scan-error nil)))))
    (when (and to (<= to end))
      (goto-char to)
      (if (memq (char-after from) '(?\( ?\[ ?\{)) "" (buffer-substring-no-properties from to)))))

(defun fluentai--open-list (open end around)
  "The list at OPEN in the list AROUND, by its items before END."
  (save-excursion
    (goto-char open)
    (let* ((column (current-column))
           (style (fluentai--style-at open around))
           (plain (memq (car style) '(items lines)))
           (list (make-fluentai--list :style (car style) :in-lines (cadr style) :fixed 0 :count 0
                                      :quoted (or (fluentai--quoted-p open) (and around (fluentai--list-quoted around)))
                                      :indent (+ column (if plain 1 2))))
           head head-end text start)
      (forward-char)
      (while (progn (forward-comment (point-max)) (< (point) end))
        (setq start (point))
        (if (looking-at-p "#;")
            (progn (forward-char 2) (forward-comment (point-max)) (unless (fluentai--read-item end) (goto-char end)))
          (setq text (fluentai--read-item end))
          (cond ((= (fluentai--list-count list) 0)
                 (setq head (or text "") head-end (point))
                 (unless (member head '("")) (fluentai--apply-head list head)))
                ((= (fluentai--list-count list) 1)
                 (fluentai--see-second list head text start head-end)))
          (if text (setf (fluentai--list-count list) (1+ (fluentai--list-count list))) (goto-char end))))
      list)))

(defun fluentai--apply-head (list head)
  "Give LIST the layout that its HEAD asks for."
  (let ((layout (cond ((eq (fluentai--list-style list) 'call) (fluentai--layout head))
                      ((and (eq (fluentai--list-style list) 'clause) (member head '("after" "timeout"))) '(body 1 nil)))))
    (when layout
      (setf (fluentai--list-style list) (nth 0 layout)
            (fluentai--list-fixed list) (nth 1 layout)
            (fluentai--list-first list) (nth 2 layout)))))

(defun fluentai--see-second (list head text start head-end)
  "The second item of LIST begins at START, its HEAD ends at HEAD-END.
TEXT is as of `fluentai--read-item'."
  (unless (member text '(nil ""))
    (when (and (string= head "define") (eq (fluentai--list-style list) 'body)) (setf (fluentai--list-style list) 'value))
    (when (string= head "let") (setf (fluentai--list-fixed list) 2)))
  (let ((style (fluentai--list-style list)))
    (when (and (or (memq style '(call clause))
                   (and (memq style '(body clauses)) (= (fluentai--list-fixed list) 0) (not (string= head "try"))))
               (= (save-excursion (goto-char head-end) (line-beginning-position))
                  (save-excursion (goto-char start) (line-beginning-position))))
      (setf (fluentai--list-indent list) (save-excursion (goto-char start) (current-column))))))

(defun fluentai--indentation ()
  "The column for what begins at point."
  (let ((opens (nth 9 (syntax-ppss))) (here (point)) (list nil))
    (while opens
      (setq list (fluentai--open-list (car opens) (or (cadr opens) here) list)
            opens (cdr opens)))
    (if list (fluentai--list-indent list) 0)))

(defun fluentai--continues-comment-p ()
  "Whether point is at a comment that stands in the column of the one above."
  (and (eq (char-after) ?\;) (> (current-column) 0)
       (let ((column (current-column)))
         (save-excursion
           (and (= (forward-line -1) 0) (= (move-to-column column) column) (eq (char-after) ?\;))))))

(defun fluentai-indent-line ()
  "Indent the line as flc2c fmt would; lines in strings and block comments stay."
  (if (nth 8 (save-excursion (syntax-ppss (line-beginning-position))))
      'noindent
    (let ((behind (- (point-max) (point))))
      (back-to-indentation)
      (unless (fluentai--continues-comment-p)
        (indent-line-to (fluentai--indentation)))
      (when (> (- (point-max) behind) (point)) (goto-char (- (point-max) behind))))))

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
              indent-line-function #'fluentai-indent-line
              syntax-propertize-function fluentai--syntax-propertize
              parse-sexp-ignore-comments t
              compile-command (concat fluentai-flc2c " check " (if buffer-file-name (shell-quote-argument buffer-file-name) ""))
              font-lock-defaults '(fluentai-font-lock-keywords)))

(define-key fluentai-mode-map (kbd "C-c C-f") #'fluentai-format-buffer)

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.flu\\'" . fluentai-mode))

(with-eval-after-load 'eglot
  (defvar eglot-server-programs)
  (add-to-list 'eglot-server-programs (cons 'fluentai-mode (lambda (&rest _) (list fluentai-flc2c "lsp")))))

(provide 'fluentai-mode)

;;; fluentai-mode.el ends here
