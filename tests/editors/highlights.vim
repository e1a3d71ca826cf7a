" Writes to $OUT which group each text of $FILE is in, and what :make finds in $BAD.
let &runtimepath = $EDITORS . '/vim,' . &runtimepath
filetype plugin indent on
syntax on
let s:out = []

function! s:Add(line, group, text) abort
  if a:group !=# '' && a:text =~# '\S' | call add(s:out, printf('%-4d%-17s%s', a:line, a:group, a:text)) | endif
endfunction

execute 'edit' fnameescape($FILE)
for s:line in range(1, line('$'))
  let [s:text, s:column, s:group, s:run] = [getline(s:line), 1, '', '']
  while s:column <= len(s:text)
    let s:next = synIDattr(synID(s:line, s:column, 1), 'name')
    if s:next !=# s:group
      call s:Add(s:line, s:group, s:run)
      let [s:group, s:run] = [s:next, '']
    endif
    let s:char = matchstr(s:text, '.', s:column - 1)
    let s:run .= s:char
    let s:column += len(s:char)
  endwhile
  call s:Add(s:line, s:group, s:run)
endfor

execute 'edit' fnameescape($BAD)
let &makeprg = substitute(&makeprg, '^flc2c', escape($FLC2C, '\&'), '')
silent make!
for s:error in getqflist()
  call add(s:out, printf('%s:%d:%d: %s: %s', fnamemodify(bufname(s:error.bufnr), ':t'), s:error.lnum, s:error.col, s:error.type, s:error.text))
endfor
call writefile(s:out, $OUT)
quitall!
