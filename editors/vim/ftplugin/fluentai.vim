" Vim file type plugin: FluentAI
if exists('b:did_ftplugin') | finish | endif
let b:did_ftplugin = 1

setlocal comments=:;;;,:;;,:; commentstring=;\ %s
setlocal iskeyword=@,48-57,192-255,!,$,%,&,*,+,-,.,/,:,<,=,>,?,@-@,94,_,~
setlocal expandtab shiftwidth=2 softtabstop=2 textwidth=100 formatoptions-=t
setlocal suffixesadd=.flu
setlocal makeprg=flc2c\ check\ %
setlocal errorformat=%f:%l:%v:\ %trror[%*[^]]]:\ %m,%f:%l:%v:\ %tarning[%*[^]]]:\ %m,%-G%.%#
" gq lays out whole forms.
setlocal formatprg=flc2c\ fmt\ -

let b:undo_ftplugin = 'setlocal comments< commentstring< iskeyword< expandtab< shiftwidth< softtabstop< textwidth< formatoptions< suffixesadd< makeprg< errorformat< formatprg<'
