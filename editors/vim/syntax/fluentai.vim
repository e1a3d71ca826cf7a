" Vim syntax file: FluentAI
if exists('b:current_syntax') | finish | endif

syntax iskeyword @,48-57,192-255,!,$,%,&,*,+,-,.,/,:,<,=,>,?,@-@,94,_,~,124
syntax sync minlines=300

" Names of forms count at the head of a list only.
syntax match fluParen "(" nextgroup=fluDefine,fluForm
syntax keyword fluDefine contained defer define define-actor define-async define-c define-effect define-generator define-record define-supervisor define-syntax define-type deftest export import module
syntax keyword fluForm contained ! -> ->> actor and ask assert assert-equal assert-error async async-fn begin broadcast! case catch child-spec cond do dotimes effect finally fn for-each-recv for-stream generator go handler if lambda let let* let-syntax letrec letrec-syntax match message or promise quasiquote quote receive reply! router select send-after send-every set! shield spawn spawn-actor spawn-daemon spawn-in spec:contract supervisor syntax-rules try unless unquote unquote-splicing when while with-cancel with-deadline with-isolated-state with-lock with-open-file with-permit with-read-lock with-resource with-tasks with-timeout with-virtual-time with-write-lock yield

syntax match fluNumber "\<[+-]\=\%(0[xX][0-9a-fA-F_]\+\|0[bB][01_]\+\|\d[0-9_]*\)\>"
syntax match fluNumber "\<[+-]\=\%(\d[0-9_]*\%(\.[0-9_]*\)\=\|\.\d[0-9_]*\)\%([eE][+-]\=\d[0-9_]*\)\=\>"
syntax match fluNumber "\<[+-]\=\%(0[xX][0-9a-fA-F_]\+\|0[bB][01_]\+\|\d[0-9_]*\)\.\.=\=[+-]\=\%(0[xX][0-9a-fA-F_]\+\|0[bB][01_]\+\|\d[0-9_]*\)\>"
syntax match fluKeyword "\<:[^ \t()\[\]{}\";'`,]\+"
syntax keyword fluConstant true false nil inf nan +inf -inf +nan -nan
syntax match fluConstant "#\%(t\|f\|true\|false\)\>"
syntax match fluCharacter "#\\\%(u{\x\+}\|[^ \t()\[\]{}\";'`,]\+\|.\)"
syntax match fluEscape contained "\\\%([ntr0\\\"]\|x\x\{2}\|u{\x\{1,6}}\)"
syntax region fluString start=+"+ skip=+\\\\\|\\"+ end=+"+ contains=fluEscape,@Spell
syntax match fluQuote "['`]\|,@\="

" #; takes the datum behind it away.
syntax match fluDiscard "#;" nextgroup=fluDiscardAtom,fluDiscardList,fluDiscardString skipwhite skipnl
syntax match fluDiscardAtom contained "['`,@]*\%(#\\.[^ \t()\[\]{}\";'`,]*\|#[;|]\@![^ \t()\[\]{}\";'`,]*\|[^# \t()\[\]{}\";'`,][^ \t()\[\]{}\";'`,]*\)"
syntax region fluDiscardList matchgroup=fluDiscard contained start="['`,@]*[(\[{]" end="[)\]}]" contains=fluDiscardInner,fluDiscardString,fluDiscardChar,fluComment,fluBlockComment
syntax region fluDiscardInner matchgroup=fluDiscard contained start="[(\[{]" end="[)\]}]" contains=fluDiscardInner,fluDiscardString,fluDiscardChar,fluComment,fluBlockComment
syntax match fluDiscardChar contained "#\\."
syntax region fluDiscardString contained start=+"+ skip=+\\\\\|\\"+ end=+"+

syntax match fluComment ";.*$" contains=fluTodo,@Spell
syntax match fluComment "\%^#!.*$"
syntax region fluBlockComment start="#|" end="|#" contains=fluBlockComment,fluTodo,@Spell
syntax keyword fluTodo contained TODO FIXME XXX NOTE

highlight default link fluNumber Number
highlight default link fluKeyword Identifier
highlight default link fluConstant Boolean
highlight default link fluCharacter Character
highlight default link fluEscape SpecialChar
highlight default link fluString String
highlight default link fluComment Comment
highlight default link fluBlockComment Comment
highlight default link fluDiscard Comment
highlight default link fluDiscardAtom Comment
highlight default link fluDiscardList Comment
highlight default link fluDiscardInner Comment
highlight default link fluDiscardChar Comment
highlight default link fluDiscardString Comment
highlight default link fluTodo Todo
highlight default link fluQuote Special
highlight default link fluDefine Define
highlight default link fluForm Statement

let b:current_syntax = 'fluentai'
