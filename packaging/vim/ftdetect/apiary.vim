" Files of Apiary: apiary.conf, *.apiary, and *.conf that begin as one.
autocmd BufNewFile,BufRead apiary.conf,*/apiary/*.conf,*.apiary setfiletype apiary
autocmd BufNewFile,BufRead *.conf
      \ if join(getline(1, 40), "\n") =~# '\v(^|\n)(create|bind|route entry) ' |
      \   setfiletype apiary | endif
