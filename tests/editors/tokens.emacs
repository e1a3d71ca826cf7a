1   font-lock-comment-face            #!/usr/bin/env flc2c run
2   font-lock-comment-delimiter-face  ;
2   font-lock-comment-face            Every kind of token, for the grammars of editors. Only read, never run.
3   font-lock-constant-face           inf
3   font-lock-constant-face           nan
3   font-lock-constant-face           +inf
3   font-lock-constant-face           -inf
3   font-lock-constant-face           -nan
6   font-lock-constant-face           true
6   font-lock-constant-face           false
6   font-lock-constant-face           #t
6   font-lock-constant-face           #f
6   font-lock-constant-face           #true
6   font-lock-constant-face           #false
6   font-lock-constant-face           nil
7   font-lock-constant-face           :name
7   font-lock-constant-face           :a/b
7   font-lock-constant-face           ::twice
7   font-lock-constant-face           :1
7   font-lock-constant-face           :nil
8   font-lock-string-face             #\a
8   font-lock-string-face             #\newline
8   font-lock-string-face             #\u{e9}
8   font-lock-string-face             #\x41
8   font-lock-string-face             #\(
8   font-lock-string-face             #\)
8   font-lock-string-face             #\;
8   font-lock-string-face             #\"
8   font-lock-string-face             #\space
8   font-lock-string-face             #\
8   font-lock-string-face             #\é
8   font-lock-string-face             #\#
8   font-lock-string-face             #\'
9   font-lock-string-face             ""
9   font-lock-string-face             "plain"
9   font-lock-string-face             "a\n\t\r\\\"\0\x41\u{1F600}"
9   font-lock-string-face             "; no comment"
9   font-lock-string-face             "\n; nor here"
9   font-lock-string-face             "\n#;x"
9   font-lock-string-face             "\n#| #| |#"
9   font-lock-string-face             "two
10  font-lock-string-face             lines; and #| more"
10  font-lock-string-face             "kept \q and \
11  font-lock-string-face             a line"
13  font-lock-constant-face           :a
13  font-lock-string-face             "b"
14  font-lock-comment-delimiter-face  ;
14  font-lock-comment-face            comment
15  font-lock-comment-face            #;gone
15  font-lock-comment-face            #; (gone (too))
15  font-lock-comment-face            #;#;one
16  font-lock-comment-face            #| block |#
16  font-lock-comment-face            #||#
16  font-lock-comment-face            #| outer #| inner |# ; not a line comment |#
17  font-lock-comment-face            #| | # ## || #; ;#| |# |; ||#
17  font-lock-comment-delimiter-face  ;
17  font-lock-comment-face            ( |# g
18  font-lock-comment-face            #| several
19  font-lock-comment-face            lines "unpaired ( #\( |#
21  font-lock-keyword-face            define
21  font-lock-function-name-face      answer
22  font-lock-keyword-face            define
22  font-lock-function-name-face      twice
22  font-lock-string-face             "Does f to x twice."
23  font-lock-keyword-face            define-record
23  font-lock-function-name-face      point
24  font-lock-keyword-face            deftest
24  font-lock-string-face             "adds"
24  font-lock-keyword-face            assert-equal
25  font-lock-keyword-face            defer
26  font-lock-keyword-face            let
26  font-lock-keyword-face            when
27  font-lock-keyword-face            !
28  font-lock-keyword-face            ->
