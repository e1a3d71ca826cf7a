1   fluComment       #!/usr/bin/env flc2c run
2   fluComment       ; Every kind of token, for the grammars of editors. Only read, never run.
3   fluParen         (
3   fluNumber        42
3   fluNumber        -7
3   fluNumber        +7
3   fluNumber        0x1F
3   fluNumber        -0XfF
3   fluNumber        0b101
3   fluNumber        1_000_000
3   fluNumber        3.14
3   fluNumber        -0.5
3   fluNumber        .5
3   fluNumber        1.
3   fluNumber        1e9
3   fluNumber        2.5e-3
3   fluConstant      inf
3   fluConstant      nan
3   fluConstant      +inf
3   fluConstant      -inf
3   fluConstant      -nan
4   fluParen         (
4   fluNumber        1..5
4   fluNumber        1..=5
4   fluNumber        -3..-1
4   fluNumber        0x0..0xF
5   fluParen         (
6   fluParen         (
6   fluConstant      true
6   fluConstant      false
6   fluConstant      #t
6   fluConstant      #f
6   fluConstant      #true
6   fluConstant      #false
6   fluConstant      nil
7   fluParen         (
7   fluKeyword       :name
7   fluKeyword       :a/b
7   fluKeyword       ::twice
7   fluKeyword       :1
7   fluKeyword       :nil
8   fluParen         (
8   fluCharacter     #\a
8   fluCharacter     #\newline
8   fluCharacter     #\u{e9}
8   fluCharacter     #\x41
8   fluCharacter     #\(
8   fluCharacter     #\)
8   fluCharacter     #\;
8   fluCharacter     #\"
8   fluCharacter     #\space
8   fluCharacter     #\ 
8   fluCharacter     #\é
8   fluCharacter     #\#
8   fluCharacter     #\'
9   fluParen         (
9   fluString        ""
9   fluString        "plain"
9   fluString        "a
9   fluEscape        \n\t\r\\\"\0\x41\u{1F600}
9   fluString        "
9   fluString        "; no comment"
9   fluString        "
9   fluEscape        \n
9   fluString        ; nor here"
9   fluString        "
9   fluEscape        \n
9   fluString        #;x"
9   fluString        "
9   fluEscape        \n
9   fluString        #| #| |#"
9   fluString        "two
10  fluString        lines; and #| more"
10  fluString        "kept \q and \
11  fluString        a line"
12  fluParen         (
12  fluQuote         '
12  fluQuote         '
12  fluParen         (
12  fluNumber        1
12  fluNumber        2
12  fluQuote         `
12  fluParen         (
12  fluQuote         ,
12  fluQuote         ,@
12  fluParen         (
12  fluQuote         ,
12  fluQuote         ,
12  fluQuote         ,
12  fluQuote         ''
12  fluQuote         '
12  fluNumber        1
12  fluNumber        2
12  fluQuote         '
13  fluNumber        1
13  fluQuote         ,
13  fluNumber        2
13  fluQuote         ,
13  fluNumber        3
13  fluQuote         ,
13  fluKeyword       :a
13  fluNumber        1
13  fluQuote         ,
13  fluString        "b"
13  fluNumber        2
14  fluComment       ;comment
15  fluDiscard       #;
15  fluDiscardAtom   gone
15  fluDiscard       #;
15  fluDiscard       (
15  fluDiscardList   gone 
15  fluDiscard       (
15  fluDiscardInner  too
15  fluDiscard       ))
15  fluDiscard       #;#;
15  fluDiscardAtom   one
16  fluBlockComment  #| block |#
16  fluBlockComment  #||#
16  fluBlockComment  #| outer #| inner |# ; not a line comment |#
17  fluBlockComment  #| | # ## || #; ;#| |# |; ||#
17  fluComment       ; ( |# g
18  fluBlockComment  #| several
19  fluBlockComment     lines "unpaired ( #\( |#
20  fluParen         (
21  fluParen         (
21  fluDefine        define
21  fluNumber        42
22  fluParen         (
22  fluDefine        define
22  fluParen         (
22  fluString        "Does f to x twice."
22  fluParen         (
22  fluParen         (
23  fluParen         (
23  fluDefine        define-record
23  fluParen         (
24  fluParen         (
24  fluDefine        deftest
24  fluString        "adds"
24  fluParen         (
24  fluForm          assert-equal
24  fluParen         (
24  fluNumber        1
24  fluNumber        1
24  fluNumber        2
25  fluParen         (
25  fluDefine        defer
25  fluParen         (
26  fluParen         (
26  fluForm          let
26  fluParen         ((
26  fluNumber        0
26  fluParen         (
26  fluForm          when
26  fluParen         (
26  fluNumber        3
26  fluParen         (
26  fluParen         (
26  fluNumber        1
27  fluParen         (
27  fluForm          !
27  fluParen         (
27  fluNumber        5
28  fluParen         (
28  fluForm          ->
28  fluNumber        5
28  fluParen         (
28  fluNumber        1
bad.flu:3:13: e: rr is not defined
bad.flu:5:13: e: area takes 1 argument, but is called with 2
