; Of two patterns for one node the later wins, as in Neovim, Helix and Zed.
(comment) @comment
(block_comment) @comment
(shebang) @comment
((discard) @comment (#set! "priority" 110))
(string) @string
(escape) @string.escape
(character) @character
(number) @number
(range) @number
(separator) @punctuation.delimiter
(boolean) @boolean
(nil) @constant.builtin
(keyword) @string.special.symbol
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["'" "`" "," ",@" "#;"] @operator

(list . (symbol) @function.call)

((list . (symbol) @keyword)
 (#any-of? @keyword
  "!"
  "->"
  "->>"
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
  "defer"
  "define"
  "define-actor"
  "define-async"
  "define-c"
  "define-effect"
  "define-generator"
  "define-record"
  "define-supervisor"
  "define-syntax"
  "define-type"
  "deftest"
  "do"
  "dotimes"
  "effect"
  "export"
  "finally"
  "fn"
  "for-each-recv"
  "for-stream"
  "generator"
  "go"
  "handler"
  "if"
  "import"
  "lambda"
  "let"
  "let*"
  "let-syntax"
  "letrec"
  "letrec-syntax"
  "match"
  "message"
  "module"
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

((list . (symbol) @keyword . [(symbol) @function (list . (symbol) @function)])
 (#match? @keyword "^def(ine|test)"))
