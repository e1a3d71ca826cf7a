" Vim indent file: FluentAI, as flc2c fmt indents the lines that stand
if exists('b:did_indent') | finish | endif
let b:did_indent = 1

setlocal nolisp autoindent nosmartindent indentkeys=!^F,o,O indentexpr=FluentAIIndent(v:lnum)
let b:undo_indent = 'setlocal lisp< autoindent< smartindent< indentkeys< indentexpr<'

if exists('*FluentAIIndent') | finish | endif

" Forms by how many items belong to the head; below them stands a body, or clauses. As the table of flc2c fmt.
let s:rules = {}
for s:name in split('async begin defer do finally generator go shield spawn spawn-daemon try with-isolated-state with-virtual-time')
  let s:rules[s:name] = {'style': 'body', 'fixed': 0, 'first': ''}
endfor
for s:name in split('actor after async-fn catch define define-record deftest dotimes fn for-each-recv for-stream lambda module '
      \ . 'spawn-in spec:contract timeout unless when while')
  let s:rules[s:name] = {'style': 'body', 'fixed': 1, 'first': ''}
endfor
for s:name in split('let let* let-syntax letrec letrec-syntax')
  let s:rules[s:name] = {'style': 'body', 'fixed': 1, 'first': 'value'}
endfor
for s:name in split('case match syntax-rules')
  let s:rules[s:name] = {'style': 'clauses', 'fixed': 1, 'first': ''}
endfor
for s:name in split('cond receive select')
  let s:rules[s:name] = {'style': 'clauses', 'fixed': 0, 'first': ''}
endfor
let s:rules['handler'] = {'style': 'body', 'fixed': 1, 'first': 'clause'}
let s:rules['define-c'] = {'style': 'call', 'fixed': 0, 'first': ''}
let s:body = {'style': 'body', 'fixed': 1, 'first': ''}

let s:far = 1000 " lines: forms that begin further above keep their indentation

" The last scan: what is open before line `before`, of the form that begins in line `first`, whose lines were `text`. When
" lines are indented one after the other, each scan goes on where the last one ended.
let s:last = {'first': 0, 'before': 0, 'text': [], 'state': {}}

" What is open before a line: the lists, a string, block comments.
function! s:Scan(first, lnum) abort
  let last = s:last
  if last.first != a:first || last.before > a:lnum || getline(a:first, last.before - 1) !=# last.text
    let state = {'lists': [], 'string': 0, 'comment': 0, 'start': -1, 'quoted': 0, 'discard': 0}
    let last = {'first': a:first, 'before': a:first, 'text': [], 'state': state}
  endif
  let new = getline(last.before, a:lnum - 1)
  for i in range(len(new))
    call s:ScanLine(last.state, new[i], last.before + i)
  endfor
  let last.before = a:lnum
  call extend(last.text, new)
  let s:last = last
  return last.state
endfunction

function! s:ScanLine(s, text, lnum) abort
  let i = 0
  while i >= 0 && i < len(a:text)
    if a:s.comment
      let [mark, at, i] = matchstrpos(a:text, '#|\||#', i)
      let a:s.comment += mark ==# '#|' ? 1 : at < 0 ? 0 : -1
    elseif a:s.string
      let i = matchend(a:text, '^\%([^"\\]\|\\.\)*"', i)
      let a:s.string = i < 0
      if i >= 0 | call s:EndItem(a:s, a:lnum) | endif
    else
      let i = s:Token(a:s, a:text, i, a:lnum)
    endif
  endwhile
endfunction

" Gives the place behind the token at i; -1: the rest of the line is white space or a comment.
function! s:Token(s, text, i, lnum) abort
  let i = matchend(a:text, '^[ \t]*', a:i)
  let c = a:text[i]
  if c ==# '' || c ==# ';' | return -1 | endif
  let two = strpart(a:text, i, 2)
  if two ==# '#|'
    let a:s.comment = 1
    return i + 2
  elseif two ==# '#;'
    let a:s.discard = 1
    return i + 2
  elseif c =~# "['`,]"
    if a:s.start < 0 && a:text[i + 1] !~# '\s' | let a:s.start = strdisplaywidth(strpart(a:text, 0, i)) | endif
    let a:s.quoted = a:s.quoted || c ==# "'"
    return i + (two ==# ',@' ? 2 : 1)
  elseif c =~# '[)\]}]'
    if !empty(a:s.lists) | call remove(a:s.lists, -1) | endif
    let [a:s.start, a:s.quoted] = [-1, 0]
    call s:EndItem(a:s, a:lnum)
    return i + 1
  endif
  let column = strdisplaywidth(strpart(a:text, 0, i))
  let start = a:s.start < 0 ? column : a:s.start
  if c =~# '[(\[{]'
    let list = s:NewList(a:s, c, column)
    call s:BeginItem(a:s, '', start, a:lnum)
    call add(a:s.lists, list)
    return i + 1
  elseif c ==# '"'
    call s:BeginItem(a:s, c, start, a:lnum)
    let a:s.string = 1
    return i + 1
  endif
  let end = matchend(a:text, '^\%(#\\.\)\=[^ \t()\[\]{}";''`,]*', i)
  call s:BeginItem(a:s, strpart(a:text, i, end - i), start, a:lnum)
  call s:EndItem(a:s, a:lnum)
  return end > i ? end : i + 1
endfunction

" The list that begins here, by its place in the list around it. Its style: items, lines (bindings), clauses, clause,
" value, body, or call, which its head may change.
function! s:NewList(s, opener, column) abort
  let around = empty(a:s.lists) ? {'style': 'call', 'count': 0, 'fixed': 0, 'first': '', 'quoted': 0, 'items': ''} : a:s.lists[-1]
  let list = {'style': 'call', 'fixed': 0, 'first': '', 'items': '', 'count': 0, 'head': '', 'end': 0,
        \ 'quoted': around.quoted || a:s.quoted, 'discard': a:s.discard}
  if a:opener !=# '(' || list.quoted
    let list.style = 'items'
  elseif around.style ==# 'lines'
    let list.style = around.items
  elseif around.first !=# '' && around.count == around.fixed
    let [list.style, list.items] = ['lines', around.first]
  elseif around.style ==# 'clauses' && around.count > around.fixed
    let list.style = 'clause'
  endif
  let list.indent = a:column + (list.style ==# 'items' || list.style ==# 'lines' ? 1 : 2)
  return list
endfunction

function! s:BeginItem(s, text, column, lnum) abort
  let [a:s.start, a:s.quoted] = [-1, 0]
  if a:s.discard || empty(a:s.lists) | return | endif
  let list = a:s.lists[-1]
  let list.count += 1
  if list.count == 1
    let list.head = a:text
    if list.style ==# 'call' && a:text !=# '' && a:text !=# '"'
      call extend(list, s:Rule(a:text))
    elseif list.style ==# 'clause' && (a:text ==# 'after' || a:text ==# 'timeout')
      call extend(list, s:body)
    endif
  elseif list.count == 2
    let atom = a:text !=# ''
    if atom && list.head ==# 'define' && list.style ==# 'body' | let list.style = 'value' | endif
    if atom && list.head ==# 'let' | let list.fixed = 2 | endif
    let beside = list.style ==# 'call' || list.style ==# 'clause'
          \ || (list.fixed == 0 && list.head !=# 'try' && (list.style ==# 'body' || list.style ==# 'clauses'))
    if beside && a:lnum == list.end | let list.indent = a:column | endif
  endif
endfunction

function! s:EndItem(s, lnum) abort
  if a:s.discard
    let a:s.discard = 0
  elseif !empty(a:s.lists) && a:s.lists[-1].count == 1
    let a:s.lists[-1].end = a:lnum
  endif
endfunction

function! s:Rule(name) abort
  if has_key(s:rules, a:name) | return s:rules[a:name] | endif
  return a:name =~# '^\%(with-\|define-\|def-\)' ? s:body : {}
endfunction

function! FluentAIIndent(lnum) abort
  let first = a:lnum - 1
  while first > 1 && getline(first) !~# '^(' && a:lnum - first < s:far
    let first -= 1
  endwhile
  if first < 1 | return 0 | endif
  if first > 1 && getline(first) !~# '^(' | return -1 | endif
  let s = s:Scan(first, a:lnum)
  if s.string || s.comment | return -1 | endif
  " A comment in the column of the one above, which stands behind code, stays there.
  if getline(a:lnum) =~# '^\s*;' && indent(a:lnum) > 0
    let above = strpart(getline(a:lnum - 1), indent(a:lnum))
    if above =~# '^;' && getline(a:lnum - 1) =~# '\S' | return indent(a:lnum) | endif
  endif
  return empty(s.lists) ? 0 : s.lists[-1].indent
endfunction
