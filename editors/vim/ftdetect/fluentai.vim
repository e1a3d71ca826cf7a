autocmd BufNewFile,BufRead *.flu setfiletype fluentai
