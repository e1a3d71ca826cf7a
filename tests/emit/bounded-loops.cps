main:
  check   ; resume point 0, live:
  .1 = (args)   ; throws at 1
  .0 = (count-all .1 0)   ; throws at 2
  .3 = (args)   ; throws at 3
  .2 = (every-second .3)
  .5 = (args)   ; throws at 4
  .4 = (same-list .5 0)   ; resume point 5, live: .0 .2
  .8 = (args)   ; throws at 6
  .7 = (length .8)   ; throws at 7
  .6 = (counts .7)   ; resume point 8, live: .0 .2 .4
  .10 = (args)   ; throws at 9
  .9 = (calls #'length .10)   ; resume point 10, live: .0 .2 .4 .6
  .12 = (args)   ; throws at 11
  .11 = (leaves #'length .12)   ; resume point 12, live: .0 .2 .4 .6 .9
  .14 = (args)   ; throws at 13
  .13 = (reverses .14 ())   ; resume point 14, live: .0 .2 .4 .6 .9 .11
  (print-line .0 .2 .4 .6 .9 .11 .13)   ; throws at 15
  .15 = (make-vector 8 0)   ; throws at 16
  (set-global table .15)
  (counts-to-literal)   ; throws at 17
  (counts-twice)   ; resume point 18, live:
  (counts-to-equal)   ; throws at 19
  (misses-equal)   ; resume point 20, live:
  (steps-over-equal)   ; resume point 21, live:
  .17 = (args)   ; throws at 22
  .16 = (length .17)   ; throws at 23
  (counts-from .16)   ; resume point 24, live:
  (starts-again)   ; resume point 25, live:
  (sets)   ; resume point 26, live:
  (counts-far)   ; resume point 27, live:
  (calls-more)   ; resume point 28, live:
  return nil
count-all l.0 n.1:
  goto count-all_1 l.0 n.1
count-all_1 l.2 n.3: (loop)
  .4 = (empty? l.2)   ; throws at 0
  if .4
    goto then_2
  else
    goto else_3
then_2:
  return n.3
else_3:
  .5 = (tail l.2)   ; throws at 1
  .6 = (%add n.3 1)   ; throws at 2
  goto count-all_1 .5 .6
every-second l.0:
  goto every-second_1 l.0
every-second_1 l.1: (loop)
  .2 = (%cons? l.1)
  if .2
    goto then_3
  else
    goto else_4
then_3:
  a.3 = (%head l.1)
  .4 = (%tail l.1)
  .5 = (%cons? .4)
  if .5
    goto then_5
  else
    goto else_6
then_5:
  more.6 = (%tail .4)
  .7 = (%equal a.3 1)
  if .7
    goto then_7
  else
    goto else_8
then_7:
  return true
else_8:
  goto every-second_1 more.6
else_6:
  goto next_2
else_4:
  goto next_2
next_2:
  return false
same-list l.0 n.1:
  goto same-list_1 l.0 n.1
same-list_1 l.2 n.3: (loop)
  check   ; resume point 0, live: l.2 n.3
  .4 = (empty? l.2)   ; throws at 1
  if .4
    goto then_2
  else
    goto else_3
then_2:
  return n.3
else_3:
  .6 = (%equal n.3 3)
  if .6
    goto then_5
  else
    goto else_6
then_5:
  goto join_4 l.2
else_6:
  .7 = (tail l.2)   ; throws at 2
  goto join_4 .7
join_4 .5:
  .8 = (%add n.3 1)   ; throws at 3
  goto same-list_1 .5 .8
counts n.0:
  goto counts_1 n.0
counts_1 n.1: (loop)
  check   ; resume point 0, live: n.1
  .2 = (%equal n.1 0)
  if .2
    goto then_2
  else
    goto else_3
then_2:
  return 0
else_3:
  .3 = (%sub n.1 1)   ; throws at 1
  goto counts_1 .3
calls f.0 l.1:
  check   ; resume point 0, live: f.0 l.1
  goto calls_1 f.0 l.1
calls_1 f.2 l.3: (loop)
  check   ; resume point 1, live: f.2 l.3
  .4 = (empty? l.3)   ; throws at 2
  if .4
    goto then_2
  else
    goto else_3
then_2:
  return 0
else_3:
  .5 = (tail l.3)   ; throws at 3
  (call f.2 .5)   ; resume point 4, live: f.2 l.3
  .6 = (tail l.3)   ; throws at 5
  goto calls_1 f.2 .6
leaves f.0 l.1:
  check   ; resume point 0, live: f.0 l.1
  goto leaves_1 f.0 l.1
leaves_1 f.2 l.3: (loop)
  .4 = (empty? l.3)   ; throws at 1
  if .4
    goto then_2
  else
    goto else_3
then_2:
  tail (call f.2 l.3)
else_3:
  .5 = (tail l.3)   ; throws at 2
  goto leaves_1 f.2 .5
reverses l.0 r.1:
  goto reverses_1 l.0 r.1
reverses_1 l.2 r.3: (loop)
  check   ; resume point 0, live: l.2 r.3
  .4 = (empty? l.2)   ; throws at 1
  if .4
    goto then_2
  else
    goto else_3
then_2:
  return r.3
else_3:
  .5 = (tail l.2)   ; throws at 2
  .7 = (head l.2)   ; throws at 3
  .6 = (cons .7 r.3)
  goto reverses_1 .5 .6
counts-to-literal:
  goto dotimes_1 0
dotimes_1 .0: (loop)
  .1 = (%lt .0 100)   ; throws at 0
  if .1
    goto then_2
  else
    goto else_3
then_2:
  (little .0)   ; throws at 1
  .2 = (%add .0 1)   ; throws at 2
  goto dotimes_1 .2
else_3:
  return nil
little i.0:
  .1 = (global table)
  .2 = (mod i.0 8)   ; throws at 0
  .5 = (global table)
  .4 = (vector-ref .5 0)   ; throws at 1
  .3 = (%add .4 1)   ; throws at 2
  .6 = (vector-set! .1 .2 .3)   ; throws at 3
  return .6
counts-twice:
  goto dotimes_1 0
dotimes_1 .0: (loop)
  check   ; resume point 0, live: .0
  .1 = (%lt .0 100000)   ; throws at 1
  if .1
    goto then_2
  else
    goto else_3
then_2:
  .4 = (%add .0 1)   ; throws at 2
  goto inner_5 .4 0
inner_5 j.2 sum.3: (loop)
  .5 = (%ge j.2 100)   ; throws at 3
  if .5
    goto then_6
  else
    goto else_7
then_6:
  .6 = (global table)
  (vector-set! .6 0 sum.3)   ; throws at 4
  goto join_4
else_7:
  .7 = (%add j.2 2)   ; throws at 5
  .8 = (%add sum.3 j.2)   ; throws at 6
  goto inner_5 .7 .8
join_4:
  .9 = (%add .0 1)   ; throws at 7
  goto dotimes_1 .9
else_3:
  return nil
counts-to-equal:
  goto go_1 3 0
go_1 i.0 sum.1: (loop)
  .2 = (%equal i.0 10)
  if .2
    goto then_2
  else
    goto else_3
then_2:
  return sum.1
else_3:
  .3 = (%add i.0 1)   ; throws at 0
  .4 = (%add sum.1 i.0)   ; throws at 1
  goto go_1 .3 .4
misses-equal:
  goto go_1 11 0
go_1 i.0 sum.1: (loop)
  check   ; resume point 0, live: i.0 sum.1
  .2 = (%equal i.0 10)
  if .2
    goto then_2
  else
    goto else_3
then_2:
  return sum.1
else_3:
  .3 = (%add i.0 1)   ; throws at 1
  .4 = (%add sum.1 i.0)   ; throws at 2
  goto go_1 .3 .4
steps-over-equal:
  goto go_1 0 0
go_1 i.0 sum.1: (loop)
  check   ; resume point 0, live: i.0 sum.1
  .2 = (%equal i.0 11)
  if .2
    goto then_2
  else
    goto else_3
then_2:
  return sum.1
else_3:
  .3 = (%add i.0 2)   ; throws at 1
  .4 = (%add sum.1 i.0)   ; throws at 2
  goto go_1 .3 .4
counts-from n.0:
  goto go_1 n.0
go_1 i.1: (loop)
  check   ; resume point 0, live: i.1
  .2 = (%lt i.1 10)   ; throws at 1
  if .2
    goto then_2
  else
    goto else_3
then_2:
  (little i.1)   ; throws at 2
  .3 = (%add i.1 1)   ; throws at 3
  goto go_1 .3
else_3:
  return nil
starts-again:
  goto go_1 0
go_1 i.0: (loop)
  check   ; resume point 0, live: i.0
  .1 = (%lt i.0 10)   ; throws at 1
  if .1
    goto then_2
  else
    goto else_3
then_2:
  (little i.0)   ; throws at 2
  .4 = (global table)
  .3 = (vector-ref .4 0)   ; throws at 3
  .2 = (%equal .3 5)
  if .2
    goto then_4
  else
    goto else_5
then_4:
  goto go_1 0
else_5:
  .5 = (%add i.0 1)   ; throws at 4
  goto go_1 .5
else_3:
  return nil
sets:
  goto go_1 0
go_1 i.0: (loop)
  check   ; resume point 0, live: i.0
  .1 = (%lt i.0 10)   ; throws at 1
  if .1
    goto then_2
  else
    goto else_3
then_2:
  .3 = (global table)
  .2 = (vector-ref .3 0)   ; throws at 2
  i.0 =  .2
  .4 = (%add i.0 1)   ; throws at 3
  goto go_1 .4
else_3:
  return nil
counts-far:
  goto dotimes_1 0
dotimes_1 .0: (loop)
  check   ; resume point 0, live: .0
  .1 = (%lt .0 1000000)   ; throws at 1
  if .1
    goto then_2
  else
    goto else_3
then_2:
  (little .0)   ; throws at 2
  .2 = (%add .0 1)   ; throws at 3
  goto dotimes_1 .2
else_3:
  return nil
calls-more:
  check   ; resume point 0, live:
  goto dotimes_1 0
dotimes_1 .0: (loop)
  check   ; resume point 1, live: .0
  .1 = (%lt .0 100)   ; throws at 2
  if .1
    goto then_2
  else
    goto else_3
then_2:
  (more .0)   ; resume point 3, live: .0
  .2 = (%add .0 1)   ; throws at 4
  goto dotimes_1 .2
else_3:
  return nil
more i.0:
  .1 = (%list i.0)
  tail (for-each #'little .1)
