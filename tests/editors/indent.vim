" Indents the files that are named in $FILES, by the files of editors/vim.
let &runtimepath = $EDITORS . '/vim,' . &runtimepath
filetype plugin indent on
for s:file in split($FILES, "\n")
  execute 'edit' fnameescape(s:file)
  silent normal! gg=G
  silent write
endfor
quitall!
